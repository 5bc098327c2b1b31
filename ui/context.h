// context.h - the shared objects a page is built with: `LayersPage(const Context&, QWidget* parent)`. All
// outlive every widget; all live on the UI thread. A page asks the reader again on StoreReader::changed and
// Selection's signals, takes its colours from the theme on Theme::changed, and asks for work by a signal
// (`evaluateRequested(RunId)`), which the main window connects.
#pragma once

namespace vlmptq::ui {

class Selection;
class Settings;
class StoreReader;
class TaskQueue;
class Theme;

struct Context {
    Theme* theme = nullptr;
    Settings* settings = nullptr;
    Selection* selection = nullptr;
    StoreReader* reader = nullptr;
    TaskQueue* tasks = nullptr; // files and pictures; not the database
};

}

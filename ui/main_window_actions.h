// main_window_actions.h - the actions of the main window that change with its state; built in
// main_window_menus.cpp.
#pragma once
#include "ui/main_window.h"

class QAction;

namespace vlmptq::ui {

struct MainWindow::Actions {
    QAction *quantize, *pause, *stop, *evaluate, *exportCheckpoint, *back, *forward;
};

}

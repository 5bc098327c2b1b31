// icons.h - icons drawn from outlines on a 24 x 24 grid, so that they follow the theme's colours and any
// device ratio (Debian's qt6-base has no SVG icon engine). UI thread.
#pragma once
#include "engine/store/run_store.h"
#include "ui/theme/theme_colors.h"

#include <QIcon>

namespace vlmptq::ui {

enum class Glyph {
    File,
    Folder,
    Open,
    Database,
    Play,
    Pause,
    Stop,
    Search,
    Trash,
    Pencil,
    Copy,
    Export,
    Back,
    Forward,
    Close,
    Check,
    Cross,
    Warning,
    Note,
    Clock,
    Bolt,
    Chart,
    Image,
    Plus,
    Refresh,
};

// Which of the theme's colours an icon is drawn in; looked up while painting, so a theme change needs no new
// icon.
enum class Ink { Text, Muted, Accent, OnAccent, Note, Warning, Error, Success };

QIcon icon(Glyph, Ink = Ink::Text);
QIcon runStateIcon(store::RunState); // the word always stands beside it
QIcon applicationIcon();

}

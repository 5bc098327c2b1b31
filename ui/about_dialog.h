// about_dialog.h - version, licences and the libraries the program is made with.
#pragma once
#include "engine/api/engine.h"

#include <QDialog>

#include <optional>

namespace vlmptq::ui {

class AboutDialog : public QDialog {
    Q_OBJECT
public:
    explicit AboutDialog(const std::optional<api::EngineInfo>&, QWidget* parent = nullptr);
};

}

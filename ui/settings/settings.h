// settings.h - what the program remembers between starts: an INI file with typed access. A layout of another
// version, or one that does not fit the screen, is ignored. Unknown keys are kept. UI thread.
#pragma once
#include "ui/theme/theme.h"

#include <QByteArray>
#include <QObject>
#include <QSettings>
#include <QStringList>

namespace vlmptq::ui {

class Settings : public QObject {
    Q_OBJECT
public:
    // Empty file name: the user's own settings. Tests pass a file of theirs.
    explicit Settings(const QString& iniFile = {}, QObject* parent = nullptr);

    ThemeMode themeMode() const;
    void setThemeMode(ThemeMode);
    int textPercent() const;
    void setTextPercent(int);

    QString database() const; // empty: the default one
    void setDatabase(const QString&);

    QStringList recentModels() const; // newest first
    void addRecentModel(const QString& folder);
    QStringList recentSources() const; // calibration files and folders
    void addRecentSource(const QString& path);

    struct Layout {
        QByteArray geometry, state;
    };
    Layout layout() const; // empty parts: use the default
    void setLayout(const Layout&);
    void forgetLayout();

    // Small per-view choices ("layers/logAxis").
    QVariant view(const QString& key, const QVariant& fallback = {}) const;
    void setView(const QString& key, const QVariant&);

private:
    void addRecent(const QString& key, const QString& value);
    mutable QSettings m_ini;
};

}

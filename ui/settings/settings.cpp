#include "ui/settings/settings.h"

#include <algorithm>

namespace vlmptq::ui {
namespace {

constexpr int kLayoutVersion = 1; // raise it when docks or their names change
constexpr int kRecent = 8;

QString key(const char* name) { return QLatin1String(name); }

}

Settings::Settings(const QString& iniFile, QObject* parent)
    : QObject(parent), m_ini(iniFile.isEmpty() ? QSettings(QSettings::IniFormat, QSettings::UserScope,
                                                           QStringLiteral("vlmptq"), QStringLiteral("studio"))
                                                     .fileName()
                                               : iniFile,
                             QSettings::IniFormat) {}

ThemeMode Settings::themeMode() const {
    const QString name = m_ini.value(key("general/theme")).toString();
    if (name == QLatin1String("light"))
        return ThemeMode::Light;
    if (name == QLatin1String("dark"))
        return ThemeMode::Dark;
    return ThemeMode::System;
}

void Settings::setThemeMode(ThemeMode mode) {
    static const char* const names[] = {"system", "light", "dark"};
    m_ini.setValue(key("general/theme"), QLatin1String(names[int(mode)]));
}

int Settings::textPercent() const {
    return std::clamp(m_ini.value(key("general/textPercent"), 100).toInt(), Theme::kSmallestText,
                      Theme::kLargestText);
}

void Settings::setTextPercent(int percent) { m_ini.setValue(key("general/textPercent"), percent); }

QString Settings::database() const { return m_ini.value(key("paths/database")).toString(); }
void Settings::setDatabase(const QString& path) { m_ini.setValue(key("paths/database"), path); }

QStringList Settings::recentModels() const { return m_ini.value(key("paths/recentModels")).toStringList(); }
void Settings::addRecentModel(const QString& folder) { addRecent(key("paths/recentModels"), folder); }
QStringList Settings::recentSources() const { return m_ini.value(key("paths/recentSources")).toStringList(); }
void Settings::addRecentSource(const QString& path) { addRecent(key("paths/recentSources"), path); }

Settings::Layout Settings::layout() const {
    if (m_ini.value(key("layout/version")).toInt() != kLayoutVersion)
        return {};
    return {m_ini.value(key("layout/geometry")).toByteArray(),
            m_ini.value(key("layout/state")).toByteArray()};
}

void Settings::setLayout(const Layout& layout) {
    m_ini.setValue(key("layout/version"), kLayoutVersion);
    m_ini.setValue(key("layout/geometry"), layout.geometry);
    m_ini.setValue(key("layout/state"), layout.state);
}

void Settings::forgetLayout() { m_ini.remove(key("layout")); }

QVariant Settings::view(const QString& name, const QVariant& fallback) const {
    return m_ini.value(key("views/") + name, fallback);
}

void Settings::setView(const QString& name, const QVariant& value) {
    m_ini.setValue(key("views/") + name, value);
}

void Settings::addRecent(const QString& list, const QString& value) {
    QStringList values = m_ini.value(list).toStringList();
    values.removeAll(value);
    values.prepend(value);
    m_ini.setValue(list, QStringList(values.mid(0, kRecent)));
}

}

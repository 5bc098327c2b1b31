// path_edit.h - a path with its recent values and a button that chooses one; takes drops of files and
// folders.
#pragma once
#include <QComboBox>
#include <QWidget>

namespace vlmptq::ui {

class PathEdit : public QWidget {
    Q_OBJECT
public:
    enum class Kind { Folder, FileOrFolder };
    PathEdit(Kind, const QString& dialogTitle, const QString& fileFilter = {}, QWidget* parent = nullptr);

    QString path() const;
    void setPath(const QString&); // no signal
    void setRecent(const QStringList&);

Q_SIGNALS:
    void pathChanged(const QString& path); // typed to the end, chosen or dropped

protected:
    void dragEnterEvent(QDragEnterEvent*) override;
    void dropEvent(QDropEvent*) override;

private:
    void choose(bool folder);
    void take(const QString& path);

    QString m_title, m_filter;
    QComboBox* m_combo;
    QString m_last;
};

}

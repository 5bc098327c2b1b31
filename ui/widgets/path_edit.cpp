#include "ui/widgets/path_edit.h"

#include "ui/theme/icons.h"

#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QToolButton>

namespace vlmptq::ui {

PathEdit::PathEdit(Kind kind, const QString& dialogTitle, const QString& fileFilter, QWidget* parent)
    : QWidget(parent), m_title(dialogTitle), m_filter(fileFilter), m_combo(new QComboBox(this)) {
    m_combo->setEditable(true);
    m_combo->setInsertPolicy(QComboBox::NoInsert);
    m_combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_combo->setMinimumContentsLength(8);
    m_combo->setAccessibleName(dialogTitle);
    m_combo->lineEdit()->setAccessibleName(dialogTitle);
    setFocusProxy(m_combo);
    setAcceptDrops(true);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_combo, 1);
    const auto addButton = [&](Glyph glyph, const QString& name, bool folder) {
        auto* button = new QToolButton(this);
        button->setIcon(icon(glyph));
        button->setToolTip(name);
        button->setAccessibleName(name);
        connect(button, &QToolButton::clicked, this, [this, folder] { choose(folder); });
        row->addWidget(button);
    };
    if (kind == Kind::FileOrFolder)
        addButton(Glyph::File, tr("Choose a file"), false);
    addButton(Glyph::Folder, tr("Choose a folder"), true);
    connect(m_combo->lineEdit(), &QLineEdit::editingFinished, this,
            [this] { take(m_combo->currentText().trimmed()); });
    connect(m_combo, &QComboBox::activated, this, [this] { take(m_combo->currentText()); });
}

QString PathEdit::path() const { return m_combo->currentText().trimmed(); }

void PathEdit::setPath(const QString& path) {
    m_last = path;
    if (path != m_combo->currentText())
        m_combo->setEditText(path);
}

void PathEdit::setRecent(const QStringList& paths) {
    const QString shown = m_combo->currentText();
    m_combo->clear();
    m_combo->addItems(paths);
    m_combo->setEditText(shown);
}

void PathEdit::choose(bool folder) {
    auto* dialog = new QFileDialog(this, m_title, path(), folder ? QString() : m_filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFile);
    dialog->setOption(QFileDialog::ShowDirsOnly, folder);
    connect(dialog, &QFileDialog::fileSelected, this, &PathEdit::take);
    dialog->open();
}

void PathEdit::take(const QString& path) {
    if (path == m_last)
        return;
    setPath(path);
    Q_EMIT pathChanged(path);
}

void PathEdit::dragEnterEvent(QDragEnterEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.front().isLocalFile())
        event->acceptProposedAction();
}

void PathEdit::dropEvent(QDropEvent* event) { take(event->mimeData()->urls().value(0).toLocalFile()); }

}

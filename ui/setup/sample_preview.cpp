#include "ui/setup/sample_preview.h"

#include "engine/image/image.h"
#include "ui/qt_text.h"
#include "ui/task_queue.h"

#include <QEvent>
#include <QScrollBar>

namespace vlmptq::ui {
namespace {

constexpr int kKeptPictures = 400;

QImage thumbnail(const std::filesystem::path& file, int side) {
    const image::RgbImage picture = image::decodeFile(file);
    const QImage view(picture.pixels.data(), picture.width, picture.height, picture.width * 3,
                      QImage::Format_RGB888);
    return view.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
}

}

SampleModel::SampleModel(const Context& context, QObject* parent)
    : QAbstractListModel(parent), m_context(context), m_pictures(kKeptPictures) {}

void SampleModel::setLines(std::vector<calibration::CalibrationLine> lines) {
    beginResetModel();
    for (const int row : m_requested)
        m_context.tasks->cancel(this, QStringLiteral("thumbnail %1").arg(row));
    m_requested.clear();
    m_pictures.clear();
    m_lines = std::move(lines);
    endResetModel();
}

int SampleModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_lines.size());
}

QVariant SampleModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const calibration::CalibrationLine& line = m_lines[std::size_t(index.row())];
    const QString question = text(line.question).section(QLatin1Char('\n'), 0, 0);
    switch (role) {
    case Qt::DisplayRole:
        return question;
    case Qt::ToolTipRole:
        return tr("Line %1: %2\nAnswer: %3").arg(line.line).arg(text(line.question), text(line.answer));
    case Qt::AccessibleTextRole:
        return tr("Line %1, pictures: %2, %3").arg(line.line).arg(line.images.size()).arg(question);
    case Qt::DecorationRole: {
        if (line.images.empty())
            return {};
        if (const QPixmap* picture = m_pictures.object(index.row()))
            return *picture;
        request(index.row());
        QPixmap waiting(m_side, m_side * 2 / 3);
        waiting.fill(Qt::transparent);
        return waiting;
    }
    default:
        return {};
    }
}

void SampleModel::request(int row) const {
    if (!m_requested.insert(row).second)
        return;
    auto* self = const_cast<SampleModel*>(this); // data() is const; the picture arrives later
    m_context.tasks->post(
        self, QStringLiteral("thumbnail %1").arg(row),
        [file = m_lines[std::size_t(row)].images.front(), side = m_side](std::stop_token) {
            return thumbnail(file, side);
        },
        [self, row](const QImage& picture) {
            self->m_pictures.insert(row, new QPixmap(QPixmap::fromImage(picture)));
            const QModelIndex index = self->index(row);
            Q_EMIT self->dataChanged(index, index, {Qt::DecorationRole});
        });
}

SamplePreview::SamplePreview(const Context& context, QWidget* parent)
    : QListView(parent), m_model(new SampleModel(context, this)) {
    setObjectName(QStringLiteral("samplePreview"));
    setAccessibleName(tr("Calibration lines"));
    setModel(m_model);
    setViewMode(QListView::IconMode);
    setFlow(QListView::LeftToRight);
    setWrapping(false);
    setMovement(QListView::Static);
    setUniformItemSizes(true);
    setWordWrap(false);
    setTextElideMode(Qt::ElideRight);
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    fitText();
}

void SamplePreview::setLines(std::vector<calibration::CalibrationLine> lines) {
    m_model->setLines(std::move(lines));
}

void SamplePreview::fitText() {
    const int side = fontMetrics().averageCharWidth() * 14;
    m_model->setThumbnailSide(int(side * devicePixelRatioF()));
    setIconSize(QSize(side, side * 2 / 3));
    setGridSize(QSize(side + 12, side * 2 / 3 + fontMetrics().height() + 10));
    updateGeometry();
}

QSize SamplePreview::sizeHint() const {
    return {gridSize().width() * 4, gridSize().height() + horizontalScrollBar()->sizeHint().height() + 4};
}

void SamplePreview::changeEvent(QEvent* event) {
    QListView::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        fitText();
}

}

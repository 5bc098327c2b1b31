// sample_preview.h - the calibration lines as a strip of thumbnails with their questions. Pictures are
// decoded on the task thread when they scroll into view, as the model sees them (engine/image), and kept
// small.
#pragma once
#include "engine/calibration/dataset.h"
#include "ui/context.h"

#include <QAbstractListModel>
#include <QCache>
#include <QListView>
#include <QPixmap>

#include <set>

namespace vlmptq::ui {

class SampleModel : public QAbstractListModel {
    Q_OBJECT
public:
    SampleModel(const Context&, QObject* parent);
    void setLines(std::vector<calibration::CalibrationLine>);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex&, int role) const override;
    void setThumbnailSide(int pixels) { m_side = pixels; }

private:
    void request(int row) const;
    Context m_context;
    std::vector<calibration::CalibrationLine> m_lines;
    mutable QCache<int, QPixmap> m_pictures;
    mutable std::set<int> m_requested;
    int m_side = 96;
};

class SamplePreview : public QListView {
    Q_OBJECT
public:
    explicit SamplePreview(const Context&, QWidget* parent = nullptr);
    void setLines(std::vector<calibration::CalibrationLine>);
    QSize sizeHint() const override;

protected:
    void changeEvent(QEvent*) override;

private:
    void fitText();
    SampleModel* m_model;
};

}

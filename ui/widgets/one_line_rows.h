// one_line_rows.h - makes every row of a table as high as one line of text, also after the text size changed.
#pragma once

class QTableView;

namespace vlmptq::ui {

void keepRowsOneLine(QTableView*);

// Of the header and `rows` rows, with room for a horizontal scroll bar.
int tableHeight(const QTableView&, int rows);

}

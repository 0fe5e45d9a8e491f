// CSV with one row of loads a layer.
#pragma once

#include "core/base/status.hpp"
#include "core/io/loads/csv_columns.hpp"
#include "core/io/loads/read_loads.hpp"
#include "core/io/loads/window_sum.hpp"

namespace evenkeel {

Status add_csv_table(CsvFile& file, const ReadOptions& options, WindowSum& window);

}  // namespace evenkeel

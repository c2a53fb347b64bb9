// Any bytes as a CSV file of which two columns are asked for: an array of finite numbers, or an InputError of one line.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "exmc/core/error.hpp"
#include "ir/csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool as_matrix : {false, true}) {
    try {
      const exmc::Array array =
          exmc::ir::read_csv(text, as_matrix ? std::vector<std::string>{"y", "x"} : std::vector<std::string>{"y"},
                             {as_matrix}, "file.csv");
      const bool whole = exmc::element_count(array.shape) == array.values.size() && !array.values.empty();
      if (!whole || !std::all_of(array.values.begin(), array.values.end(), [](double v) { return std::isfinite(v); })) {
        std::abort();
      }
    } catch (const exmc::InputError& error) {
      if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
    }
  }
  return 0;
}

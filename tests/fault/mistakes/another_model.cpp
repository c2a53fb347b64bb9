// A deliberate mistake for the ranks to notice: rank 1 rebuilds another model than the bytes describe, with the last
// bit of a datum changed. The linker's --wrap leads the program's calls here.
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

#include "exmc/ir/model.hpp"

namespace exmc::ir {

Model right_decode(const std::string&) asm(
    "__real__ZN4exmc2ir6decodeERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");
Model wrong_decode(const std::string&) asm(
    "__wrap__ZN4exmc2ir6decodeERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE");

Model wrong_decode(const std::string& bytes) {
  Model model = right_decode(bytes);
  const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
  if (rank != nullptr && std::string_view(rank) == "1") {
    double& datum = model.data.rbegin()->second.values.front();
    datum = std::nextafter(datum, HUGE_VAL);
  }
  return model;
}

}  // namespace exmc::ir

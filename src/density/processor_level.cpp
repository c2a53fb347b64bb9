#include "exmc/density/processor_level.hpp"

namespace exmc::density {

std::string_view processor_level() {
#if defined __AVX512F__ && defined __AVX512BW__ && defined __AVX512CD__ && defined __AVX512DQ__ && defined __AVX512VL__
  return "x86-64-v4";
#elif defined __AVX2__ && defined __BMI2__ && defined __FMA__
  return "x86-64-v3";
#elif defined __x86_64__
  return "x86-64";
#else
  return "";
#endif
}

}  // namespace exmc::density

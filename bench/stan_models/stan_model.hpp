// What the drivers here share: the Stan program that they are linked with, given its data.
#pragma once
#include <fstream>
#include <iostream>
#include <stan/io/json/json_data.hpp>
#include <stan/model/model_base.hpp>

stan::model::model_base& new_model(stan::io::var_context& context, unsigned int seed, std::ostream* messages);

inline stan::model::model_base& open_model(const char* data_file) {
  std::ifstream file(data_file);
  stan::json::json_data data(file);
  return new_model(data, 1, &std::cerr);
}

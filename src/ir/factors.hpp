#pragma once

#include <string>
#include <vector>

#include "exmc/ir/model.hpp"

namespace exmc::ir {

/// A column of words that stands for groups, before its words are numbers.
struct Factor {
  std::string name;       ///< of the entry
  std::string dimension;  ///< whose labels the words are: the column's name
  std::vector<std::string> words;
  std::string where;  ///< for messages
};

/// Makes each word its place, from 0, among the levels: those that the model's "coords" list for the dimension, else
/// all different words of the factors of one dimension, as numbers in their order where all are numbers, else by their
/// bytes. Levels that "coords" does not list are kept (Model::levels).
/// @throws InputError for a word that is not among the labels in "coords".
void code_factors(const std::vector<Factor>& factors, Model& model);

/// Labels dimensions that the model uses and says nothing of with the levels of its factors.
void label_with_levels(Model& model);

}  // namespace exmc::ir

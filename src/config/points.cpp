#include "exmc/config/points.hpp"

#include "exmc/core/file.hpp"
#include "exmc/core/text.hpp"
#include "read_point.hpp"

namespace exmc::config {
namespace {

constexpr const char* kPoint = "a point: an object of values by parameter, or with \"unconstrained\"";

}  // namespace

std::string Point::where(const std::string& parameter) const {
  const std::string place = parameter.empty() ? path : json::child_path(path, parameter);
  return place.empty() ? source : source + ": " + place;
}

Point read_point(const json::Value& value) {
  json::Object object = value.object(kPoint);
  Point point;
  point.source = value.source();
  point.path = value.path();
  if (const auto unconstrained = object.find("unconstrained")) {
    object.refuse_unknown();  // a position leaves nothing open
    const Array numbers = unconstrained->numbers();
    if (numbers.shape.size() != 1)
      unconstrained->refuse("found shape " + to_string(numbers.shape) + ", expected a list of numbers");
    point.unconstrained = numbers.values;
    return point;
  }
  for (const auto& [name, entry] : object.members()) point.values[name] = entry.numbers();
  return point;
}

namespace {

Init read_one(const json::Value& value, const char* expected) {
  Init init;
  init.where = value.where();
  if (value.json().is_number()) {
    init.radius = value.number();
    if (!(init.radius >= 0)) value.refuse_as_not("a radius that is not negative");
    return init;
  }
  if (!value.json().is_object()) value.refuse_as_not(expected);
  const auto file = value.json().find("file");
  if (file == value.json().end() || !file->is_string()) {
    init.point = read_point(value);
    return init;
  }
  json::Object object = value.object();
  init.file = object.at("file", "the output of another run").string();
  object.refuse_unknown();
  return init;
}

json::Json nested(const Shape& shape, std::size_t axis, const double*& next) {
  if (axis == shape.size()) return *next++;
  json::Json list = json::Json::array();
  for (std::size_t i = 0; i < shape[axis]; ++i) list.push_back(nested(shape, axis + 1, next));
  return list;
}

}  // namespace

std::vector<Init> read_init(const std::string& text, const std::string& source) {
  const json::Json json = json::parse(text, source);
  const json::Value value(json, source, "init");
  std::vector<Init> all;
  if (!json.is_array()) {
    all.push_back(
        read_one(value, "a radius, values of parameters, {\"file\": ...} or a list of these, one for each chain"));
    return all;
  }
  for (const json::Value& entry : value.list()) {
    all.push_back(read_one(entry, "a radius, values of parameters or {\"file\": ...}"));
  }
  if (all.empty()) value.refuse("found an empty list, expected an entry for each chain");
  return all;
}

std::string init_text(const std::vector<Point>& points) {
  json::Json list = json::Json::array();
  for (const Point& point : points) {
    json::Json object = json::Json::object();
    for (const auto& [name, value] : point.values) {
      const double* next = value.values.data();
      object[name] = nested(value.shape, 0, next);
    }
    if (point.unconstrained) object["unconstrained"] = *point.unconstrained;
    list.push_back(std::move(object));
  }
  return list.dump();
}

Points load_points(const std::filesystem::path& file) {
  const std::string source = printable(file.string(), kLongestPathShown);
  const json::Json json = json::parse(read_text_file(file, "points"), source);
  const json::Value root(json, source);
  Points all;
  all.list = json.is_array();
  if (!all.list) {
    all.points.push_back(read_point(root));
    return all;
  }
  for (const json::Value& value : root.list()) all.points.push_back(read_point(value));
  return all;
}

}  // namespace exmc::config

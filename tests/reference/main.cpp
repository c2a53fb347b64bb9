// exmc_reference --check|--write ROOT: the parts of ROOT/docs that come from the program's registries. In Markdown they
// stand between the lines <!-- generated: NAME --> and <!-- generated end -->.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "reference.hpp"

namespace exmc::reference {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// The document with its tables as they have to be.
std::string with_tables(const std::string& document) {
  const std::string begin = "<!-- generated: ", close = " -->\n", end = "<!-- generated end -->\n";
  std::string fresh;
  std::size_t place = 0;
  for (std::size_t found = 0; (found = document.find(begin, place)) != std::string::npos;) {
    const std::size_t name = found + begin.size(), name_end = document.find(close, name);
    const std::size_t table_end = document.find(end, name);
    if (name_end == std::string::npos || table_end == std::string::npos)
      throw std::runtime_error("a marker is not closed");
    fresh += document.substr(place, name_end + close.size() - place);
    fresh += table(document.substr(name, name_end - name));
    place = table_end;
  }
  return fresh + document.substr(place);
}

/// @return whether the file was as it has to be.
bool update(const fs::path& path, const std::string& fresh, bool write) {
  if (contents(path) == fresh) return true;
  std::printf("%s is %s\n", path.c_str(), write ? "written anew" : "stale: build the target \"reference\"");
  if (write) std::ofstream(path, std::ios::binary) << fresh;
  return false;
}

/// @return whether everything was fresh.
bool update_all(const fs::path& docs, bool write) {
  bool fresh = true;
  for (const char* name : {"ir.md", "config.md"}) {
    fresh = update(docs / name, with_tables(contents(docs / name)), write) && fresh;
  }
  fs::create_directories(docs / "schema");
  fresh = update(docs / "schema/config.schema.json", config_schema().dump(2) + "\n", write) && fresh;
  return update(docs / "schema/ir.schema.json", model_schema().dump(2) + "\n", write) && fresh;
}

}  // namespace
}  // namespace exmc::reference

int main(int argc, char** argv) {
  const std::string mode = argc == 3 ? argv[1] : "";
  if (mode != "--check" && mode != "--write") {
    std::fprintf(stderr, "usage: exmc_reference --check|--write ROOT\n");
    return 2;
  }
  try {
    const bool fresh = exmc::reference::update_all(std::filesystem::path(argv[2]) / "docs", mode == "--write");
    return fresh || mode == "--write" ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "exmc_reference: %s\n", error.what());
    return 2;
  }
}

#include "exmc/io/draw_file.hpp"

#include <fcntl.h>

#include <utility>

#include "draw_file_writer.hpp"
#include "exmc/core/error.hpp"
#include "hdf5.hpp"
#include "layout.hpp"
#include "part_file.hpp"
#include "writer_identity.hpp"

namespace exmc::io {

std::size_t FileLayout::row_width() const {
  std::size_t width = 0;
  const auto add = [&](const std::vector<Column>& columns) {
    for (const Column& column : columns) width += element_count(column.shape);
  };
  add(statistics);
  add(variables);
  for (const auto& [group, columns] : quantities) add(columns);
  return width;
}

std::vector<std::string> FileLayout::row_text() const {
  std::vector<std::string> texts;
  const auto add = [&](const std::string& group, const std::vector<Column>& columns) {
    for (const Column& column : columns) {
      texts.push_back("/" + group + "/" + column.name +
                      (column.shape.empty() ? "" : " " + exmc::to_string(column.shape)));
    }
  };
  add("sample_stats", statistics);
  add("posterior", variables);
  for (const auto& [group, columns] : quantities) add(group_name(group), columns);
  return texts;
}

DrawFile DrawFile::create(const std::filesystem::path& path, const FileLayout& layout, Existing existing) {
  h5::prepare_library();
  try {
    // A symbolic link keeps pointing where it did: what it points to is replaced.
    const std::filesystem::path target = std::filesystem::weakly_canonical(path);
    const PosixFile old = claim_existing(target, existing);
    require_space(target, path.string(), layout);
    PartFile part(target);
    FileMap map = part.lay_out(layout);
    part.write_prior(map, layout.prior);
    return DrawFile(std::make_unique<Writer>(part.become_output(existing), std::move(map)));
  } catch (const h5::Failure& failure) {
    throw IoError(path.string() + ": " + failure.what());
  } catch (const std::filesystem::filesystem_error& error) {
    throw IoError(path.string() + ": cannot create: " + error.code().message());
  }
}

DrawFile DrawFile::resume(const std::filesystem::path& path, const std::function<void()>& check) {
  return go_on(path, Uncounted::forget, [&check](const Process&) {
    if (check) check();
  });
}

DrawFile DrawFile::take_over(const std::filesystem::path& path, const std::function<void(const Process&)>& check) {
  return go_on(path, Uncounted::keep, check);
}

DrawFile DrawFile::go_on(const std::filesystem::path& path, Uncounted events,
                         const std::function<void(const Process&)>& check) {
  h5::prepare_library();
  try {
    PosixFile file(path.string(), O_RDWR, path.string());
    if (!file.try_lock()) refuse_locked(path.string());
    FileMap map = read_map(path.string());
    // Between opening and locking, another run may have put a longer file in its place.
    if (!file.is_named(path.string())) throw IoError(path.string() + ": was replaced at this moment; try again");
    if (map.states.records() < map.chains && map.goal.empty()) {
      throw IoError(path.string() + ": holds no states of its chains to go on from; a trimmed file cannot be resumed");
    }
    require_predicted(file, map);
    if (check) check(read_identity(file, map));
    if (!file.try_lock()) refuse_locked(path.string());  // again, as in lay_out()
    auto writer = std::make_unique<Writer>(std::move(file), std::move(map));
    writer->go_on(events);
    return DrawFile(std::move(writer));
  } catch (const h5::Failure& failure) {
    throw IoError(path.string() + ": " + failure.what());
  }
}

DrawFile DrawFile::in_other_layout(const FileLayout& layout) && {
  const std::filesystem::path path = writer_->path();
  try {
    const std::filesystem::path target = std::filesystem::weakly_canonical(path);
    require_space(target, path.string(), layout);
    PartFile part(target);
    FileMap map = part.lay_out(layout);
    writer_->copy_into(part.file(), map);
    part.file().sync();
    // The old file stays locked until the new one, locked as well, has its name.
    auto other = std::make_unique<Writer>(part.become_output(Existing::replace), std::move(map));
    other->go_on(Uncounted::forget);
    return DrawFile(std::move(other));
  } catch (const h5::Failure& failure) {
    throw IoError(path.string() + ": " + failure.what());
  } catch (const std::filesystem::filesystem_error& error) {
    throw IoError(path.string() + ": cannot create: " + error.code().message());
  }
}

DrawFile DrawFile::extended(const FileLayout& layout) && { return std::move(*this).in_other_layout(layout); }

DrawFile DrawFile::cut(std::uint64_t draws, const std::string& goal) && {
  writer_->flush();
  FileLayout layout = writer_->layout();
  layout.draws = draws;
  layout.run.emplace_back(kGoal, goal);
  return std::move(*this).in_other_layout(layout);
}

DrawFile::DrawFile(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
DrawFile::DrawFile(DrawFile&&) noexcept = default;
DrawFile& DrawFile::operator=(DrawFile&&) noexcept = default;
DrawFile::~DrawFile() = default;

void DrawFile::append(ChainId chain, bool warmup, std::uint64_t first, std::span<const double> rows) {
  writer_->append(chain, warmup, first, rows);
}
void DrawFile::set_settled(ChainId chain, bool settled) { writer_->set_settled(chain, settled); }
bool DrawFile::add_event(const Event& event) { return writer_->add_event(event); }
std::vector<Event> DrawFile::events() const { return writer_->events(); }
void DrawFile::begin_chain(ChainId chain, const ChainPlace& place) { writer_->begin_chain(chain, place); }
void DrawFile::end_chain(ChainId chain, double time) { writer_->end_chain(chain, time); }
void DrawFile::fail_chain(ChainId chain, double time, const std::string& reason) {
  writer_->fail_chain(chain, time, reason);
}
void DrawFile::keep_state(ChainId chain, std::string state) { writer_->keep_state(chain, std::move(state)); }
void DrawFile::keep_warmup(ChainId chain, std::string state) { writer_->keep_warmup(chain, std::move(state)); }
void DrawFile::keep_tuning(ChainId chain, std::string tuning) { writer_->keep_tuning(chain, std::move(tuning)); }
std::optional<SavedState> DrawFile::saved_state(ChainId chain) const { return writer_->states().saved(chain); }
std::optional<SavedState> DrawFile::saved_warmup(ChainId chain) const { return writer_->warmups().saved(chain); }
std::string DrawFile::saved_tuning(ChainId chain) const {
  const std::optional<SavedState> tuning = writer_->tunings().saved(chain);
  return tuning ? tuning->bytes : std::string();
}
void DrawFile::keep_shared_tuning(SharedTuning tuning) { writer_->keep_shared_tuning(std::move(tuning)); }
std::optional<SharedTuning> DrawFile::saved_shared_tuning() const {
  const std::optional<SavedState> tuning = writer_->tunings().saved(writer_->shared_record());
  if (!tuning) return std::nullopt;
  return SharedTuning{tuning->warmup_rows, tuning->bytes};
}
std::uint64_t DrawFile::flush() { return writer_->flush(); }
std::uint64_t DrawFile::draws() const { return writer_->draws(); }
const std::vector<std::uint64_t>& DrawFile::durable_draws() const { return writer_->durable_draws(); }
void DrawFile::set_looked(std::uint64_t draws) { writer_->set_looked(draws); }
std::uint64_t DrawFile::looked() const { return writer_->looked(); }
const std::string& DrawFile::goal() const { return writer_->goal(); }
std::unique_ptr<DrawsSoFar> DrawFile::draws_so_far(std::vector<std::uint64_t> chains, std::uint64_t draws) {
  return writer_->draws_so_far(std::move(chains), draws);
}
std::uint64_t DrawFile::finish() { return writer_->finish(); }

}  // namespace exmc::io

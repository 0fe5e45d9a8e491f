#include "native/output_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/base/text.hpp"
#include "native/publish.hpp"
#include "native/stop.hpp"

namespace evenkeel {
namespace {

namespace fs = std::filesystem;

std::string writing(const std::string& path) { return "cannot write " + shown_name(path); }

Status cannot_write(const std::string& path, const std::string& why) {
  return Status::error(writing(path) + ": " + why);
}

// The file to which writing to `path` leads: the target of a symbolic link, even if it does not exist yet.
std::string target_of(const std::string& path) {
  constexpr int kMostLinks = 40;  // the system's limit; check() reports longer chains
  fs::path target = path;
  std::error_code error;
  for (int i = 0; i < kMostLinks && fs::is_symlink(target, error); ++i) {
    const fs::path next = fs::read_symlink(target, error);
    if (error) break;
    target = target.parent_path() / next;
  }
  return target.string();
}

// The mode that open() or mkdir() would give.
mode_t new_mode(mode_t most) {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return most & ~mask;
}

// The mode of what is at `path`, or `otherwise` if there is nothing.
mode_t mode_of(const std::string& path, mode_t otherwise) {
  struct stat old = {};
  return ::stat(path.c_str(), &old) == 0 ? old.st_mode & 07777 : otherwise;
}

std::string parent_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

Status exists_already(const std::string& path) {
  return Status::error(shown_name(path) + " exists; use --force to replace it");
}

// Whether the folder of `path` is sticky, as /tmp is, and both belong to somebody else: then rename() fails.
bool owners_only(const std::string& path) {
  struct stat item = {};
  struct stat folder = {};
  if (::lstat(path.c_str(), &item) != 0 || ::stat(parent_of(path).c_str(), &folder) != 0)
    return false;
  const uid_t user = ::geteuid();
  return (folder.st_mode & S_ISVTX) != 0 && user != 0 && item.st_uid != user &&
         folder.st_uid != user;
}

// Whether `folder` does not exist, or can be exchanged for a new one with `files`: it is ours, holds no other files,
// and its name can be given to another folder.
bool can_be_replaced(const std::string& folder, const std::vector<FolderFile>& files) {
  struct stat info = {};
  struct stat parent = {};
  if (::lstat(folder.c_str(), &info) != 0) return errno == ENOENT;
  const std::string name = fs::path(folder).filename().string();
  if (name.empty() || name == "." || name == ".." || info.st_uid != ::geteuid() ||
      owners_only(folder) || ::access(parent_of(folder).c_str(), W_OK) != 0 ||
      ::stat(parent_of(folder).c_str(), &parent) != 0 || parent.st_dev != info.st_dev) {
    return false;
  }
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const bool ours = std::any_of(files.begin(), files.end(), [&](const FolderFile& file) {
      return file.name == entry.path().filename();
    });
    if (!ours || entry.symlink_status(error).type() != fs::file_type::regular) return false;
  }
  return !error;
}

Status check_parent(const std::string& path) {
  const std::string folder = parent_of(without_slash(target_of(path)));
  std::error_code ignored;
  const fs::file_status status = fs::status(folder, ignored);
  if (!fs::is_directory(status)) {
    const std::string name = shown_name(folder);
    return cannot_write(path, fs::exists(status) ? name + " is not a folder"
                                                 : "the folder " + name + " does not exist");
  }
  return ::access(folder.c_str(), W_OK) == 0 ? Status() : failed_call(writing(path), errno);
}

bool write_all(int descriptor, std::string_view text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) done += static_cast<std::size_t>(count);
    // A blocked reader must not prevent the program from stopping.
    if (interrupted() && done < text.size()) {
      errno = EINTR;
      return false;
    }
  }
  return true;
}

bool reader_left = false;

Status cannot_print() {
  reader_left = errno == EPIPE;
  return failed_call("cannot write to standard output", errno);
}

}  // namespace

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) return true;
  const auto place = [](const std::string& path) {
    std::error_code none;
    const fs::path whole = fs::weakly_canonical(fs::absolute(target_of(path), none), none);
    return none ? fs::path(path) : whole;
  };
  return place(a) == place(b);
}

std::string OutputFiles::real_path(const std::string& path) const {
  return links_ == Links::follow ? target_of(path) : path;
}

void OutputFiles::protect(const std::string& input) {
  inputs_.push_back(input == "-" ? "/dev/stdin" : input);
  // If the input is a folder of a placement, its arrays are inputs, too.
  for (const char* array : kArrayFiles) inputs_.push_back(input + "/" + array);
}

Status OutputFiles::check_folder(const std::string& path,
                                 const std::vector<std::string>& names) const {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::none) return cannot_write(path, error.message());
  if (!fs::exists(status)) return check_parent(path);
  if (!fs::is_directory(status)) {
    return Status::error("cannot write into " + shown_name(path) + ": it is a file, not a folder");
  }
  for (const std::string& name : names) {
    if (Status s = check((fs::path(path) / name).string()); !s.ok()) return s;
  }
  return {};
}

Status OutputFiles::check(const std::string& path) const {
  for (const std::string& input : inputs_) {
    if (same_file(path, input)) return cannot_write(path, "it is an input of this command");
  }
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::none) return cannot_write(path, error.message());
  if (fs::is_directory(status)) {
    return cannot_write(path, "it is a folder; give the path of a file");
  }
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    return cannot_write(path, "it exists and is not a regular file; give the path of a file");
  }
  if (!force_ && fs::exists(fs::symlink_status(path, error))) return exists_already(path);
  if (fs::exists(status) && owners_only(real_path(path))) {
    return cannot_write(
        path, "it belongs to somebody else, and in its folder only owners may replace files");
  }
  return check_parent(path);
}

Status OutputFiles::open(const std::string& path) {
  to_standard_output_ = path == "-";
  if (to_standard_output_) return {};
  if (Status status = check(path); !status.ok()) return status;
  const std::string real = real_path(path);
  remove_abandoned(parent_of(real));
  Unfinished file = unfinished_file(real, mode_of(real, new_mode(0666)));
  if (file.descriptor.number() < 0) return failed_call(writing(path), errno);
  pending_.push_back(std::move(file));
  return {};
}

Status OutputFiles::append(std::string_view content) {
  if (to_standard_output_) return write_all(1, content) ? Status() : cannot_print();
  const Unfinished& file = pending_.back();
  return write_all(file.descriptor.number(), content)
             ? Status()
             : failed_call(writing(file.final_name), errno);
}

Status OutputFiles::close() {
  if (to_standard_output_) return {};
  // The descriptor stays open: its lock tells other runs that the file is not abandoned.
  const Unfinished& file = pending_.back();
  if (::fsync(file.descriptor.number()) == 0) return {};
  return failed_call(writing(file.final_name), errno);
}

Status OutputFiles::write(const std::string& path, const std::string& content) {
  Status status = open(path);
  if (status.ok()) status = append(content);
  if (status.ok()) status = close();
  return status;
}

Status OutputFiles::write_folder(const std::string& path, const std::vector<FolderFile>& files) {
  const std::string real = without_slash(real_path(path));
  if (!can_be_replaced(real, files)) {
    for (const FolderFile& file : files) {
      const Status status = write((fs::path(path) / file.name).string(), file.content);
      if (!status.ok()) return status;
    }
    return {};
  }
  remove_abandoned(parent_of(real));
  pending_.push_back(unfinished_folder(real, mode_of(real, new_mode(0777))));
  Unfinished& folder = pending_.back();
  if (folder.descriptor.number() < 0)
    return failed_call("cannot make the folder " + shown_name(path), errno);
  for (const FolderFile& file : files) {
    const std::string inside = folder.path.path() + "/" + file.name;
    const std::string final_name = real + "/" + file.name;
    const mode_t mode = mode_of(final_name, new_mode(0666));
    const Descriptor opened = [&] {
      const HeldSignals held;  // until the path is registered for removal
      Descriptor created(::open(inside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
      if (created.number() >= 0) folder.contents.emplace_back(inside);
      return created;
    }();
    if (opened.number() < 0 || ::fchmod(opened.number(), mode) != 0 ||
        !write_all(opened.number(), file.content) || ::fsync(opened.number()) != 0) {
      return failed_call(writing(final_name), errno);
    }
  }
  return {};
}

// Publishes a folder whose name does not exist, or exchanges it for one that holds nothing but our files.
Status OutputFiles::publish_folder(const Unfinished& folder, bool& exchanged) const {
  const std::string& from = folder.path.path();
  const std::string& to = folder.final_name;
  exchanged = false;
  if (publish_new(from, to)) return {};
  if (errno != EEXIST && errno != ENOTEMPTY) return failed_call(writing(to), errno);
  exchanged = exchange_names(from, to);
  if (!exchanged) {
    // A folder that cannot be exchanged gets the files one by one.
    for (const TemporaryPath& file : folder.contents) {
      const std::string name = fs::path(file.path()).filename().string();
      bool unused = false;
      const std::string target = to + "/" + name;
      if (force_ ? publish_over(file.path(), target, unused) : publish_new(file.path(), target))
        continue;
      return errno == EEXIST ? exists_already(target) : failed_call(writing(target), errno);
    }
    return {};
  }
  // `from` is the old folder now. Files that came into it since it was checked are kept.
  std::error_code error;
  std::vector<std::string> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(from, error)) {
    const std::string name = entry.path().filename().string();
    const bool ours = fs::exists(fs::symlink_status(to + "/" + name, error));
    if (!ours) others.push_back(name);
    if (ours && !force_) {
      exchange_names(from, to);
      exchanged = false;
      return exists_already(to + "/" + name);
    }
  }
  for (const std::string& name : others) publish_new(from + "/" + name, to + "/" + name);
  return {};
}

Status OutputFiles::publish(const Unfinished& output, bool& exchanged) const {
  if (!output.contents.empty()) return publish_folder(output, exchanged);
  const std::string& to = output.final_name;
  exchanged = false;
  const bool done = force_ ? publish_over(output.path.path(), to, exchanged)
                           : publish_new(output.path.path(), to);
  if (done) return {};
  return errno == EEXIST ? exists_already(to) : failed_call(writing(to), errno);
}

Status OutputFiles::commit() {
  std::vector<std::string> folders;
  for (const Unfinished& output : pending_) {
    folders.push_back(parent_of(output.final_name));
    if (!output.contents.empty()) folders.push_back(output.final_name);
  }
  const FolderLocks locks(folders);
  // No signal may end the program when some are published.
  const HeldSignals held;
  for (const Unfinished& output : pending_) {
    if (!output.contents.empty()) continue;  // publish_folder looks itself
    if (Status status = check(output.final_name); !status.ok()) return status;
  }
  std::vector<bool> exchanged(pending_.size());
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    bool old_beside = false;
    Status status = publish(pending_[i], old_beside);
    exchanged[i] = old_beside;
    if (status.ok()) continue;
    while (i-- > 0) {  // the set is complete, or nothing of it is there
      const std::string& beside = pending_[i].path.path();
      const std::string& name = pending_[i].final_name;
      exchanged[i] ? exchange_names(beside, name) : publish_new(name, beside);
    }
    return status;
  }
  for (std::size_t i = 0; i < pending_.size(); ++i) {
    if (exchanged[i])
      continue;  // what the temporary name leads to is the old output: the destructor removes it
    pending_[i].path.keep();
    for (TemporaryPath& file : pending_[i].contents) file.keep();
  }
  pending_.clear();
  return {};
}

Status print_out(const std::string& text) { return write_all(1, text) ? Status() : cannot_print(); }

bool reader_gone() { return reader_left; }

}  // namespace evenkeel

// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/files.hpp>

#include <filesystem>
#include <string>

namespace pr = priori;
using test::refusal;

TEST_CASE("a file is read back byte for byte, also when it is empty or long") {
    const test::temporary_folder folder;
    const std::string with_zero("a\0b\r\n\xff", 6);
    for (const std::string& content : {std::string(), with_zero, std::string(200'000, 'x')}) {
        pr::write_file_atomically(folder / "file", content);
        CHECK(pr::read_file(folder / "file") == content);
    }
    CHECK(folder.file_count() == 1);
}

TEST_CASE("a file that is not there, or is a folder, is refused by name") {
    const test::temporary_folder folder;
    const std::string here = folder.path().string();
    CHECK(refusal([&] { pr::read_file(folder / "none"); }, here) ==
          "missing_file: 'DIR/none' cannot be opened: No such file or directory; check the path.");
    CHECK(refusal([&] { pr::read_file(folder.path()); }, here) ==
          "missing_file: 'DIR' is a directory, a file was expected; give the path of the file.");
}

TEST_CASE("a name with the end of a line stays on its line in a sentence") {
    CHECK(refusal([] { pr::read_file("no/bad\nname\xff.csv"); }) ==
          "missing_file: 'no/bad?name?.csv' cannot be opened: No such file or directory; check the path.");
}

TEST_CASE("after a failed write there is no file, and an older one is untouched") {
    const test::temporary_folder folder;
    const std::string here = folder.path().string();
    CHECK(refusal([&] { pr::write_file_atomically(folder / "none" / "file", "x"); }, here) ==
          "missing_file: 'DIR/none/file' cannot be written: No such file or directory; check that the folder is there "
          "and "
          "may be written, and that the disk is not full.");
    std::filesystem::create_directory(folder / "taken");
    CHECK(refusal([&] { pr::write_file_atomically(folder / "taken", "x"); }, here) ==
          "missing_file: 'DIR/taken' cannot be written: it is a directory; check that the folder is there and may be "
          "written, and that the disk is not full.");
    CHECK(folder.file_count() == 1);
}

TEST_CASE("writing through a link replaces the file that it names") {
    const test::temporary_folder folder;
    folder.put("target", "old");
    std::filesystem::create_symlink("target", folder / "link");
    pr::write_file_atomically(folder / "link", "new");
    CHECK(pr::read_file(folder / "target") == "new");
    CHECK(std::filesystem::is_symlink(folder / "link"));
}

TEST_CASE("writing through links to nothing makes the file that they name") {
    const test::temporary_folder folder;
    std::filesystem::create_directory(folder / "below");
    std::filesystem::create_symlink("../target", folder / "below/link");
    std::filesystem::create_symlink("below/link", folder / "link");
    pr::write_file_atomically(folder / "link", "new");
    CHECK(pr::read_file(folder / "target") == "new");
    CHECK(std::filesystem::is_symlink(folder / "link"));
    CHECK(std::filesystem::is_symlink(folder / "below/link"));
    std::filesystem::create_symlink("round", folder / "round");
    CHECK(refusal([&] { pr::write_file_atomically(folder / "round", "new"); }).starts_with("missing_file:"));
    CHECK(std::filesystem::is_symlink(folder / "round"));
}

TEST_CASE("a file that is replaced keeps its permissions") {
    using std::filesystem::perms;
    const test::temporary_folder folder;
    for (const perms wanted : {perms(0600), perms(0640), perms(0755), perms(0444)}) {
        std::filesystem::permissions(folder.put("file", "old"), wanted);
        pr::write_file_atomically(folder / "file", "new");
        CHECK(std::filesystem::status(folder / "file").permissions() == wanted);
        CHECK(pr::read_file(folder / "file") == "new");
        std::filesystem::remove(folder / "file");
    }
}

TEST_CASE("a name as long as the system takes can be written") {
    const test::temporary_folder folder;
    const std::string name(255, 'x');
    pr::write_file_atomically(folder / name, "new");
    pr::write_file_atomically(folder / name, "newer");
    CHECK(pr::read_file(folder / name) == "newer");
    CHECK(folder.file_count() == 1);
}

TEST_CASE("of files that belong together none is replaced where one cannot be written") {
    const test::temporary_folder folder;
    pr::write_files_atomically({{folder / "a", "1"}, {folder / "b", "2"}});
    std::filesystem::create_directory(folder / "taken");
    CHECK(refusal([&] {
              pr::write_files_atomically({{folder / "a", "3"}, {folder / "taken", "4"}});
          }).starts_with("missing_file:"));
    std::filesystem::create_symlink("/dev/full", folder / "full");
    CHECK(refusal([&] {
              pr::write_files_atomically({{folder / "a", "3"}, {folder / "full", "4"}});
          }).starts_with("missing_file:"));
    CHECK(pr::read_file(folder / "a") == "1");
    CHECK(pr::read_file(folder / "b") == "2");
    CHECK(folder.file_count() == 4);
}

TEST_CASE("what is not a regular file is written directly") {
    CHECK_NOTHROW(pr::write_file_atomically("/dev/null", "x"));
    CHECK(std::filesystem::is_character_file("/dev/null"));
}

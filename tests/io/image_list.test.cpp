// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/image_list.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pr = priori;
using names = std::vector<std::string>;
using parts = std::vector<std::uint8_t>;
using test::refusal;
using test::temporary_folder;

namespace {

void put(const temporary_folder& folder, const std::string& name, const std::string& content = "x") {
    std::filesystem::create_directories((folder / name).parent_path());
    folder.put(name, content);
}

names files_of(const pr::image_list& list) {
    names result;
    for (const auto& image : list.images)
        result.push_back(image.path.filename().string() + "=" + list.class_names[image.class_number]);
    return result;
}

std::string refused_folder(const temporary_folder& folder) {
    return refusal([&] { pr::list_image_folder(folder.path()); }, folder.path().string());
}
std::string refused_files(const temporary_folder& folder) {
    return refusal([&] { pr::list_split_files(folder.path(), folder.path()); }, folder.path().string());
}
std::string refused_classes(const temporary_folder& folder) {
    return refusal([&] { pr::list_split_classes(folder.path(), folder / "data"); }, folder.path().string());
}
std::string refused_csv(const temporary_folder& folder) {
    return refusal([&] { pr::list_split_csv(folder / "splits.csv", folder.path()); }, folder.path().string());
}

// Images a.png, b.png and c.png, and these split files.
void put_split(const temporary_folder& folder, const std::string& train, const std::string& test) {
    for (const char* name : {"a.png", "b.png", "c.png"}) put(folder, name);
    put(folder, "train.csv", "filename,label\n" + train);
    put(folder, "test.csv", "filename,label\n" + test);
}

}  // namespace

TEST_CASE("a folder for each class is listed by name, other files are passed over") {
    const temporary_folder folder;
    for (const char* name : {"dog/2.JPG", "dog/1.png", "cat/x.jpeg", "cat/notes.txt", "readme.md"}) put(folder, name);
    const auto list = pr::list_image_folder(folder.path());
    CHECK(list.class_names == names{"cat", "dog"});
    CHECK(list.part.empty());
    CHECK(files_of(list) == names{"x.jpeg=cat", "1.png=dog", "2.JPG=dog"});
}

TEST_CASE("folders train, val and test are the parts of a split") {
    const temporary_folder folder;
    for (const char* name : {"train/dog/1.png", "validation/cat/2.png", "test/ape/3.png", "test/bee/4.png"})
        put(folder, name);
    const auto list = pr::list_image_folder(folder.path());
    CHECK(list.class_names == names{"dog", "cat", "ape", "bee"});
    CHECK(list.part == parts{0, 1, 2, 2});
}

TEST_CASE("another folder beside the parts is refused, one that programs hide there is not") {
    const temporary_folder folder;
    for (const char* name : {"train/dog/1.png", "test/cat/2.png", "__MACOSX/x/3.png", ".cache/y/4.png", "train/.x/5.png"})
        put(folder, name);
    CHECK(pr::list_image_folder(folder.path()).class_names == names{"dog", "cat"});
    put(folder, "extra/ape/6.png");
    CHECK(refused_folder(folder) ==
          "bad_file: 'DIR' holds the part 'test', and beside it 'extra'; expected the folders train, val and test alone, "
          "or those of classes.");
}

TEST_CASE("a class in the folders of two parts is refused") {
    const temporary_folder folder;
    for (const char* name : {"train/dog/1.png", "test/dog/2.png"}) put(folder, name);
    CHECK(refused_folder(folder) ==
          "mismatch: 'DIR/test/dog': the class 'dog' leaks from 'train' into 'test'; a class belongs to one part of a "
          "split.");
}

TEST_CASE("empty folders and folders that are not there are refused") {
    const temporary_folder folder;
    CHECK(refused_folder(folder) == "bad_file: 'DIR' holds no folders; expected one for each class.");
    put(folder, "cat/notes.txt");
    CHECK(refused_folder(folder) ==
          "bad_file: 'DIR/cat' holds no PNG or JPEG image; expected those of one class, remove the folder or fill it.");
    CHECK(refusal([&] { pr::list_image_folder(folder / "none"); }, folder.path().string()) ==
          "missing_file: 'DIR/none' cannot be read as a folder: No such file or directory; check the path.");
}

TEST_CASE("split files name the images, classes and parts") {
    const temporary_folder folder;
    put_split(folder, "b.png,n01\na.png,n02\n", "c.png,n03\n");
    const auto list = pr::list_split_files(folder.path(), folder.path());
    CHECK(files_of(list) == names{"b.png=n01", "a.png=n02", "c.png=n03"});
    CHECK(list.part == parts{0, 0, 2});
}

TEST_CASE("one file with a column for the part does as well") {
    const temporary_folder folder;
    put_split(folder, "", "");
    put(folder, "splits.csv", "split,filename,label\ntest,b.png,n01\nval,a.png,n02\ntrain,c.png,n03\n");
    const auto list = pr::list_split_csv(folder / "splits.csv", folder.path());
    CHECK(files_of(list) == names{"b.png=n01", "a.png=n02", "c.png=n03"});
    CHECK(list.part == parts{2, 1, 0});
    put(folder, "noted.csv", "note,split,filename,label\nfirst,test,b.png,n01\n,val,a.png,n02\n3,train,c.png,n03\n");
    CHECK(pr::list_split_csv(folder / "noted.csv", folder.path()).part == parts{2, 1, 0});
}

TEST_CASE("a split that leaks a class is refused with the file and line") {
    const temporary_folder folder;
    put_split(folder, "b.png,n01\na.png,n02\n", "c.png,n02\n");
    CHECK(refused_files(folder) ==
          "mismatch: 'DIR/test.csv', line 2, column 'label': the class 'n02' leaks from 'DIR/train.csv' into "
          "'DIR/test.csv'; a class belongs to one part of a split.");
    put(folder, "splits.csv", "split,filename,label\ntest,b.png,n01\nval,a.png,n01\n");
    CHECK(
        refused_csv(folder) ==
        "mismatch: 'DIR/splits.csv', line 3, column 'label': the class 'n01' leaks from test into val; a class belongs "
        "to one part of a split.");
}

TEST_CASE("missing images, images listed twice, other parts and missing files are refused with the file and line") {
    const temporary_folder folder;
    CHECK(refused_files(folder) ==
          "missing_file: 'DIR' holds none of train.csv, val.csv and test.csv; give the folder of the split files.");
    put_split(folder, "b.png,n01\nd.png,n02\n", "c.png,n03\n");
    CHECK(
        refused_files(folder) ==
        "missing_file: 'DIR/train.csv', line 3, column 'filename': there is no image 'DIR/d.png'; give the folder that "
        "the names are in, or correct the row.");
    put_split(folder, "b.png,n01\nb.png,n02\n", "c.png,n03\n");
    CHECK(refused_files(folder) ==
          "mismatch: 'DIR/train.csv', line 3, column 'label': the image 'b.png' is listed twice, first at "
          "'DIR/train.csv', line 2, column 'label'; list it once.");
    put(folder, "splits.csv", "split,filename,label\ndev,b.png,n01\n");
    CHECK(refused_csv(folder) ==
          "bad_value: 'DIR/splits.csv', line 2, column 'split': expected train, val or test, found 'dev'.");
    put(folder, "splits.csv", "part,filename,label\ntest,b.png,n01\n");
    CHECK(refused_csv(folder) ==
          "mismatch: 'DIR/splits.csv' has no column 'split'; its columns are 'part', 'filename' and 'label'.");
}

TEST_CASE("a file under another name, spelt otherwise or a link, is the same file and listed once") {
    const temporary_folder folder;
    std::filesystem::create_directories(folder / "sub");
    for (const char* other : {"./a.png", "sub/../a.png", "sub//../a.png", "link.png"}) {
        put_split(folder, "a.png,n01\n", std::string(other) + ",n02\n");
        if (!std::filesystem::exists(folder / "link.png"))
            std::filesystem::create_symlink("a.png", folder / "link.png");
        CHECK(refused_files(folder) == "mismatch: 'DIR/test.csv', line 2, column 'label': the image '" +
                                           std::filesystem::path(other).filename().string() +
                                           "' is listed twice, first at 'DIR/train.csv', line 2, column 'label'; list "
                                           "it once.");
    }
    for (const char* name : {"tree/train/dog/1.png", "tree/test/cat/2.png"}) put(folder, name);
    CHECK(pr::list_image_folder(folder / "tree").images.size() == 2);
    std::filesystem::create_directory_symlink("../train/dog", folder / "tree/test/hound");
    CHECK(refusal([&] { pr::list_image_folder(folder / "tree"); }, folder.path().string()) ==
          "mismatch: 'DIR/tree/test/hound': the image '1.png' is listed twice, first at 'DIR/tree/train/dog'; list it "
          "once.");
}

TEST_CASE("an image beside the folders of classes is refused, for it would be left out") {
    const temporary_folder folder;
    for (const char* name : {"train/dog/1.png", "val/cat/2.png", "val/ape.txt"}) put(folder, name);
    CHECK(pr::list_image_folder(folder.path()).images.size() == 2);
    put(folder, "val/3.png");
    CHECK(refused_folder(folder) ==
          "bad_file: 'DIR/val/3.png': the image lies beside the folders of classes and would be of none; move it into "
          "the "
          "folder of its class, or away.");
    CHECK(refusal([&] { pr::list_image_folder(folder / "val"); }, folder.path().string())
              .starts_with("bad_file: 'DIR/val/3.png': the image lies beside"));
}

TEST_CASE("an image beside the folders of the parts is refused as well") {
    const temporary_folder folder;
    for (const char* name : {"train/dog/1.png", "test/cat/2.png", "3.png"}) put(folder, name);
    CHECK(refused_folder(folder).starts_with("bad_file: 'DIR/3.png': the image lies beside"));
}

TEST_CASE("validation.csv is val.csv, and not both are there") {
    const temporary_folder folder;
    put_split(folder, "b.png,n01\n", "c.png,n03\n");
    put(folder, "validation.csv", "filename,label\na.png,n02\n");
    const auto list = pr::list_split_files(folder.path(), folder.path());
    CHECK(files_of(list) == names{"b.png=n01", "a.png=n02", "c.png=n03"});
    CHECK(list.part == parts{0, 1, 2});
    put(folder, "val.csv", "filename,label\na.png,n02\n");
    CHECK(refused_files(folder) ==
          "mismatch: 'DIR' holds val.csv and validation.csv, which are one part; keep one of them.");
}

TEST_CASE("texts of class names are a split of folders") {
    const temporary_folder folder;
    for (const char* name : {"data/ape/2.png", "data/ape/1.jpg", "data/bee/3.png", "data/cat/4.png", "data/dog/5.png"})
        put(folder, name);
    put(folder, "train.txt", "bee\r\n\nape \n");
    put(folder, "validation.txt", "dog");
    put(folder, "test.txt", "cat\n");
    const auto list = pr::list_split_classes(folder.path(), folder / "data");
    CHECK(list.class_names == names{"bee", "ape", "dog", "cat"});
    CHECK(list.part == parts{0, 0, 1, 2});
    CHECK(files_of(list) == names{"3.png=bee", "1.jpg=ape", "2.png=ape", "5.png=dog", "4.png=cat"});
}

TEST_CASE("texts of class names that do not fit the folders are refused by line") {
    const temporary_folder folder;
    for (const char* name : {"data/ape/1.png", "data/bee/2.png"}) put(folder, name);
    CHECK(refused_classes(folder) == "missing_file: 'DIR' holds none of train.txt, val.txt and test.txt; give the "
                                     "folder of the split files.");
    put(folder, "train.txt", "ape\n\nape\n");
    CHECK(refused_classes(folder) == "mismatch: 'DIR/train.txt', line 3: the class 'ape' is that of line 1, too; list "
                                     "it once.");
    put(folder, "train.txt", "ape\n");
    put(folder, "test.txt", "\nape\n");
    CHECK(refused_classes(folder) == "mismatch: 'DIR/test.txt', line 2: the class 'ape' leaks from 'DIR/train.txt' into "
                                     "'DIR/test.txt'; a class belongs to one part of a split.");
    put(folder, "test.txt", "bee\neel\n");
    CHECK(refused_classes(folder) == "missing_file: 'DIR/test.txt', line 2: there is no folder 'DIR/data/eel'; give the "
                                     "folder that holds one for each class, or correct the line.");
    put(folder, "test.txt", " \n");
    CHECK(refused_classes(folder) == "bad_file: 'DIR/test.txt' names no class; expected one a line.");
    std::filesystem::create_directories(folder / "data/eel");
    put(folder, "test.txt", "eel\n");
    CHECK(refused_classes(folder) == "bad_file: 'DIR/data/eel' holds no PNG or JPEG image; expected those of one class, "
                                     "remove the folder or fill it.");
    put(folder, "val.txt", "bee\n");
    put(folder, "validation.txt", "bee\n");
    CHECK(refused_classes(folder) == "mismatch: 'DIR' holds val.txt and validation.txt, which are one part; keep one of "
                                     "them.");
}

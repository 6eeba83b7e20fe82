// SPDX-License-Identifier: BSL-1.0
#include "catch.hpp"
#include "temporary_folder.hpp"

#include <priori/io/csv.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace pr = priori;
using test::refusal;
using names = std::vector<std::string>;
using numbers = std::vector<double>;
using sizes = std::vector<std::size_t>;

TEST_CASE("a table has names, row-major numbers and the lines that they came from") {
    const auto table = pr::parse_csv("x, y\n1,2\n\n -3 ,+4e-1\n", "t.csv");
    CHECK(table.columns == names{"x", "y"});
    CHECK(table.values == numbers{1, 2, -3, 0.4});
    CHECK(table.lines == sizes{2, 4});
    CHECK(table(1, table.column("y")) == 0.4);
    CHECK(table.row_count() == 2);
    CHECK(table.place(1, 0) == "'t.csv', line 4, column 'x'");
}

TEST_CASE("a first row of numbers is data unless a header is required") {
    CHECK(pr::parse_csv("1,2\n3,4", "t.csv").columns == names{"column1", "column2"});
    CHECK(pr::parse_csv("1,2\n3,4", "t.csv").values == numbers{1, 2, 3, 4});
    const auto table = pr::parse_csv("1,2\n3,4", "t.csv", {.header = pr::csv_header::required});
    CHECK(table.columns == names{"1", "2"});
    CHECK(table.values == numbers{3, 4});
}

TEST_CASE("windows line ends, old ones, a byte order mark and a missing last line end change nothing") {
    for (const char* text : {"x,y\r\n1,2\r\n3,4\r\n", "x,y\r1,2\r3,4", "\xef\xbb\xbfx,y\n1,2\n3,4"}) {
        const auto table = pr::parse_csv(text, "t.csv");
        CHECK(table.columns == names{"x", "y"});
        CHECK(table.values == numbers{1, 2, 3, 4});
        CHECK(table.lines == sizes{2, 3});
    }
}

TEST_CASE("texts of a declared column become numbers in order of first appearance") {
    const auto table = pr::parse_csv("task,x\n\"b, \"\"the\nsecond\"\"\",1\na,2\n\"a\",3\n7,\"4\"\n", "t.csv",
                                     {.text_columns = {"task"}});
    CHECK(table.values == numbers{0, 1, 1, 2, 1, 3, 2, 4});
    CHECK(table.texts[0] == names{"b, \"the\nsecond\"", "a", "7"});
    CHECK(table.texts[1].empty());
    CHECK(table.lines == sizes{2, 4, 5, 6});
    CHECK(table.text(2, 0) == "a");
}

TEST_CASE("blanks around a cell are no part of it, those within quotes are") {
    const auto table = pr::parse_csv("name, label\n1,cat\n2, cat \n3,\tcat\n4, \"cat\" \n5,\"cat \"\n6,a b\n", "t.csv",
                                     {.text_columns = {"label"}});
    CHECK(table.texts[1] == names{"cat", "cat ", "a b"});
    CHECK(table.values == numbers{1, 0, 2, 0, 3, 0, 4, 0, 5, 1, 6, 2});
    CHECK(refusal([] { pr::parse_csv("x,y\n1,  \n", "t.csv", {.text_columns = {"y"}}); }) ==
          "bad_value: 't.csv', line 2, column 'y': expected a text, found an empty cell; correct or remove the row.");
    CHECK(
        refusal([] { pr::parse_csv("x,y\n1, \"a\" b\n", "t.csv", {.text_columns = {"y"}}); }) ==
        "bad_file: 't.csv', line 2: expected a separator after the quoted cell 'a', found 'b'; write a quotation mark "
        "inside of quotes twice.");
    CHECK(pr::parse_csv("x\ty\n1\t 2\n", "t.csv", {.separator = '\t'}).values == numbers{1, 2});
    CHECK(refusal([] {
              pr::parse_csv("x\ty\n\t2\n", "t.csv", {.separator = '\t'});
          }).starts_with("bad_value: 't.csv', line 2, column 'x': expected a finite number, found an empty cell"));
    for (const char* text : {" a", "a\t", " "}) {
        pr::csv_writer out({"x"});
        out.row(text);
        CHECK(pr::parse_csv(out.text(), "t.csv", {.text_columns = {"x"}}).texts[0] == names{text});
    }
}

TEST_CASE("where the columns that are read are named, others may hold anything") {
    const auto table = pr::parse_csv("note,x,task,empty\n\"a, b\",1,t,\nnan,2,u,\n", "t.csv",
                                     {.text_columns = {"task"}, .columns = {"x", "absent"}});
    CHECK(table.columns == names{"note", "x", "task", "empty"});
    CHECK(table.values == numbers{0, 1, 0, 0, 0, 2, 1, 0});
    CHECK(table.texts[0].empty());
    CHECK(table.texts[2] == names{"t", "u"});
    CHECK(refusal([] { pr::parse_csv("note,x\na,b\n", "t.csv", {.columns = {"x"}}); }) ==
          "bad_value: 't.csv', line 2, column 'x': expected a finite number, found 'b'; correct or remove the row.");
    CHECK(refusal([] { pr::parse_csv("note,x\na\n", "t.csv", {.columns = {"x"}}); }) ==
          "bad_file: 't.csv', line 2: expected 2 cells as in line 1, found 1; every row must have the same columns.");
}

TEST_CASE("another separator is an option") {
    CHECK(pr::parse_csv("x;y\n1;2\n", "t.csv", {.separator = ';'}).values == numbers{1, 2});
}

TEST_CASE("a cell that is not a finite number is refused with file, line, column and what came") {
    const auto refused = [](const char* cell) {
        return refusal([&] { pr::parse_csv(std::string("x,y\n1,2\n3,") + cell + "\n", "t.csv"); });
    };
    const std::string begin = "bad_value: 't.csv', line 3, column 'y': expected a finite number, found ";
    const std::string end = "; correct or remove the row.";
    for (const char* cell :
         {"nan", "NaN", "inf", "-Infinity", "abc", "1.5x", "0x10", "1e999", "1 2", "--1", "+-1", "NA"})
        CHECK(refused(cell) == begin + "'" + cell + "'" + end);
    CHECK(refused("") == begin + "an empty cell" + end);
    CHECK(refused("  ") == begin + "an empty cell" + end);
    CHECK(refused("\x01zzz") == begin + "'?zzz'" + end);
    CHECK(refused(std::string(60, 'z').c_str()) == begin + "'" + std::string(40, 'z') + "...'" + end);
}

TEST_CASE("NaN in the first row of a file without a header is a value, not a name") {
    CHECK(refusal([] { pr::parse_csv("1,nan\n2,3\n", "t.csv"); }) ==
          "bad_value: 't.csv', line 1, column 'column2': expected a finite number, found 'nan'; correct or remove the "
          "row.");
}

TEST_CASE("rows of another length are refused with both lengths") {
    CHECK(refusal([] { pr::parse_csv("x,y\n1,2\n3\n", "t.csv"); }) ==
          "bad_file: 't.csv', line 3: expected 2 cells as in line 1, found 1; every row must have the same columns.");
    CHECK(refusal([] { pr::parse_csv("1,2\n3,4,\n", "t.csv"); }) ==
          "bad_file: 't.csv', line 2: expected 2 cells as in line 1, found 3; every row must have the same columns.");
}

TEST_CASE("files without rows are refused") {
    CHECK(refusal([] { pr::parse_csv("", "t.csv"); }) == "bad_file: 't.csv' is empty; expected rows of numbers.");
    CHECK(refusal([] {
              pr::parse_csv("", "t.csv", {.header = pr::csv_header::required, .text_columns = {"role", "label"}});
          }) == "bad_file: 't.csv' is empty; expected a header with the columns 'role' and 'label', and rows below it.");
    CHECK(refusal([] { pr::parse_csv("\r\n\n", "t.csv"); }) == "bad_file: 't.csv' is empty; expected rows of numbers.");
    CHECK(refusal([] { pr::parse_csv("x,y\n", "t.csv"); }) ==
          "bad_file: 't.csv' has a header and no rows; expected rows of numbers.");
    const test::temporary_folder folder;
    CHECK(refusal([&] { pr::read_csv(folder / "none.csv"); }, folder.path().string()) ==
          "missing_file: 'DIR/none.csv' cannot be opened: No such file or directory; check the path.");
}

TEST_CASE("broken quotes are refused at their line") {
    CHECK(refusal([] { pr::parse_csv("x\n\"1\n2\n", "t.csv"); }) ==
          "bad_file: 't.csv', line 2: a quotation mark opens a cell and none closes it before the file ends.");
    CHECK(
        refusal([] { pr::parse_csv("x,y\n\"1\"2,3\n", "t.csv"); }) ==
        "bad_file: 't.csv', line 2: expected a separator after the quoted cell '1', found '2'; write a quotation mark "
        "inside of quotes twice.");
}

TEST_CASE("columns that are equal, missing or empty are refused") {
    CHECK(refusal([] { pr::parse_csv("x,x\n1,2\n", "t.csv"); }) ==
          "bad_file: 't.csv', line 1: two columns are called 'x'; give each column a name of its own.");
    CHECK(refusal([] { pr::parse_csv("x,y\n1,2\n", "t.csv", {.text_columns = {"task"}}); }) ==
          "mismatch: 't.csv' has no column 'task'; its columns are 'x' and 'y'.");
    CHECK(refusal([] { pr::parse_csv("x,y\n,2\n", "t.csv", {.text_columns = {"x"}}); }) ==
          "bad_value: 't.csv', line 2, column 'x': expected a text, found an empty cell; correct or remove the row.");
}

TEST_CASE("what is written is read back bit for bit") {
    const double values[] = {0.1, -1e-300, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0};
    pr::csv_writer out({"name", "float, or not", "value"});
    for (const double value : values) out.row("a \"b\"\n", 0.1f, value);
    const test::temporary_folder folder;
    out.save(folder / "t.csv");
    const auto table = pr::read_csv(folder / "t.csv", {.text_columns = {"name"}});
    CHECK(table.columns == names{"name", "float, or not", "value"});
    REQUIRE(table.row_count() == std::size(values));
    for (std::size_t i = 0; i < std::size(values); ++i) {
        CHECK(table(i, 2) == values[i]);
        CHECK(std::signbit(table(i, 2)) == std::signbit(values[i]));
        CHECK(table.text(i, 0) == "a \"b\"\n");
        CHECK(static_cast<float>(table(i, 1)) == 0.1f);
    }
}

TEST_CASE("the writer wants one cell for each column") {
    pr::csv_writer out({"x", "y"});
    CHECK(refusal([&] { out.row(1); }) == "mismatch: csv_writer: expected 2 cells, one for each column, got 1.");
    out.row(1, true);
    CHECK(out.text() == "x,y\n1,1\n");
}

TEST_CASE("texts in sentences are cut between characters, lists after ten names") {
    const auto refused = [](const std::string& cell) {
        return refusal([&] { pr::parse_csv("x\n1\n" + cell + "\n", "t.csv"); });
    };
    const std::string begin = "bad_value: 't.csv', line 3, column 'x': expected a finite number, found '";
    const std::string end = "; correct or remove the row.";
    const std::string a(39, 'a');
    CHECK(refused(a + "\xc3\xa9") == begin + a + "...'" + end);
    CHECK(refused(a + "z") == begin + a + "z'" + end);
    CHECK(refused("\xc3\xa9\xff\n") == begin + "\xc3\xa9?'" + end);
    std::string header = "c1";
    std::string row = "1";
    for (int i = 2; i <= 3000; ++i) {
        header += ",c" + std::to_string(i);
        row += ",1";
    }
    const auto table = pr::parse_csv(header + "\n" + row, "t.csv");
    CHECK(
        refusal([&] { table.column("y"); }) ==
        "mismatch: 't.csv' has no column 'y'; its columns are 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9' and "
        "2991 more.");
}

"""Writes the empty set-up workbook: explained columns, choices to pick from, a filled example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.setup.form import SHEETS, Column, Sheet

if TYPE_CHECKING:
    from io import BytesIO

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

GUIDE, EXAMPLE, CHOICES = "说明", "示例", "选项表"
HINT_SIGN = "填法："
ROWS = 200  # that offer choices; more may be written below
_GUIDE = (
    "烽燧开通表",
    "",
    "1. 从左到右填各张表；灰色那一行是填法，不用删。标 * 的列必填，其余空着也行。",
    "2. 「示例」表是填好的样子，里面的医院和人都是虚构的，导入时不读它。",
    "3. 几个词写在一格里，用顿号「、」隔开。",
    "4. 密码、密钥、机器人地址都不要写进来：导入后会写一份 fengsui.env，照着填在那里。",
    "5. 填好以后运行：fengsui init --from 开通表.xlsx",
    "   有填错的会一次全说出来：在哪张表、哪一格、该怎么写。改好再运行，已有的文件不会被覆盖。",
    "",
    "各张表：",
)


def write_template(target: BytesIO) -> None:
    """Write the workbook."""
    from openpyxl import Workbook  # noqa: PLC0415 (slow to import)

    book = Workbook()
    guide = book.worksheets[0]
    guide.title = GUIDE
    _write_guide(guide)
    choices = book.create_sheet(CHOICES)
    for sheet in SHEETS:
        _write_sheet(book.create_sheet(sheet.title), sheet, choices)
    _write_example(book)
    choices.sheet_state = "hidden"
    book.move_sheet(choices, offset=len(book.worksheets))
    book.save(target)


def _write_guide(sheet: Worksheet) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415

    lines = [*_GUIDE, *(f"　{one.title}：{one.about}" for one in SHEETS)]
    for number, line in enumerate(lines, 1):
        sheet.cell(number, 1, line)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.column_dimensions["A"].width = 100


def heading(column: Column) -> str:
    """The heading as it stands in the workbook."""
    return f"{column.title} *" if column.required else column.title


def _write_sheet(page: Worksheet, sheet: Sheet, choices: Worksheet) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, column in enumerate(sheet.columns, 1):
        head, hint = page.cell(1, number, heading(column)), page.cell(2, number, column.hint)
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DDE6F0")
        hint.font, hint.alignment = Font(italic=True, color="777777"), wrapped
        page.column_dimensions[head.column_letter].width = column.width
        page.column_dimensions[head.column_letter].number_format = "@"  # numbers keep their zeros
        _offer(page, column, number, choices)
    page["A2"] = HINT_SIGN + sheet.columns[0].hint
    for row, name in enumerate(sheet.fixed, 3):
        page.cell(row, 1, name)
        page.cell(row, len(sheet.columns), sheet.example[row - 3][-1])
    page.freeze_panes = "A3"


def _offer(page: Worksheet, column: Column, number: int, choices: Worksheet) -> None:
    """Let Excel offer the choices; they lie in a hidden sheet: a formula holds 255 letters."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    if not column.choices:
        return
    place = choices.max_column + (1 if choices.cell(1, 1).value else 0)
    for row, word in enumerate(column.choices, 1):
        choices.cell(row, place, word)
    letter, here = get_column_letter(place), get_column_letter(number)
    source = f"{CHOICES}!${letter}$1:${letter}${len(column.choices)}"
    rule = DataValidation(type="list", formula1=source, allow_blank=True)
    rule.errorTitle, rule.error = "不在选项里", "请从下拉里选一个"
    rule.add(f"{here}3:{here}{ROWS + 2}")
    page.add_data_validation(rule)


def _write_example(book: Workbook) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415

    page = book.create_sheet(EXAMPLE)
    page.append(["填好的样子（虚构，导入时不读这张表）"])
    for sheet in SHEETS:
        page.append([])
        page.append([f"表「{sheet.title}」"])
        page.cell(page.max_row, 1).font = Font(bold=True)
        page.append(list(sheet.names))
        for row in sheet.example:
            page.append(list(row))
    for letter in "ABCDEFG":
        page.column_dimensions[letter].width = 26

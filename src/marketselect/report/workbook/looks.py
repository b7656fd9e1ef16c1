"""What a sheet shows besides its cells: colors by size, cells to be changed, and a chart."""

from __future__ import annotations

from typing import Any

from marketselect.report.workbook.columns import Bars, Sheet
from marketselect.report.workbook.formulas import column_letters
from marketselect.sources.packages import needed_package
from marketselect.words import COLORS, SHEET_COLORS


def add_looks(page: Any, sheet: Sheet) -> None:
    """Add a sheet's looks in a workbook: colors by size, cells to be changed, and a chart."""
    for place, column in enumerate(sheet.columns):
        name, head = column_letters(place), sheet.head
        cells = f"{name}{head + 1}:{name}{head + len(column.cells)}"
        if column.scaled:
            page.conditional_formatting.add(cells, color_scale())
        if any(column.entry):
            page.add_data_validation(weights_only(cells))
    if sheet.bars is not None:
        page.add_chart(chart_of(page, sheet.bars), sheet.bars.at)


def color_scale() -> Any:
    """Return a sheet's rule of a color from the lowest to the highest number."""
    rules = needed_package("openpyxl.formatting.rule", "excel")
    low, high = (SHEET_COLORS[end][1:] for end in ("low", "high"))
    return rules.ColorScaleRule(start_type="min", start_color=low, end_type="max", end_color=high)


def weights_only(cells: str) -> Any:
    """Return a sheet's rule that refuses anything but a weight in a cell."""
    found = needed_package("openpyxl.worksheet.datavalidation", "excel").DataValidation(
        type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True
    )
    found.errorTitle, found.error = "No weight", "A weight is a number, 0 or more."
    found.sqref = cells
    return found


def chart_of(page: Any, bars: Bars) -> Any:
    """Return bars for the first rows of a sheet, the first at the top."""
    charts = needed_package("openpyxl.chart", "excel")
    chart = charts.BarChart()
    chart.type, chart.style, chart.legend = "bar", 10, None
    chart.title, chart.gapWidth = bars.title, 40
    rows = {"min_row": 2, "max_row": bars.count + 1}
    chart.add_data(charts.Reference(page, min_col=bars.values, **rows), titles_from_data=False)
    chart.set_categories(charts.Reference(page, min_col=bars.names, **rows))
    chart.series[0].graphicalProperties.solidFill = COLORS["accent"][1:]
    chart.x_axis.scaling.orientation, chart.y_axis.scaling.min = "maxMin", 0
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format, chart.x_axis.tickLblSkip = "General", 1  # every name
    chart.width, chart.height = 18, 2 + 0.75 * bars.count
    return chart

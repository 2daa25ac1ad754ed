"""The sections of a report and the files it can be written as, in words. The names are the engine's."""

from PySide6.QtCore import QCoreApplication

PARTS = (
    "result",
    "notes",
    "plot",
    "table",
    "efficiency",
    "remarks",
    "recipes",
    "effects",
    "method",
    "machine",
    "limits",
)
"""All but the cover of a fleet, which is made of limits that the profiles page asks for."""
FORMS = ("html", "pdf", "markdown", "csv")


def part_words(name: str) -> str:
    """A section of a report."""
    return {
        "result": QCoreApplication.translate("Report", "Recommended variant"),
        "notes": QCoreApplication.translate("Report", "Notes of the run"),
        "plot": QCoreApplication.translate("Report", "Plot"),
        "table": QCoreApplication.translate("Report", "All variants"),
        "efficiency": QCoreApplication.translate("Report", "Efficiency and cost"),
        "remarks": QCoreApplication.translate("Report", "Remarks"),
        "recipes": QCoreApplication.translate("Report", "Recipes"),
        "effects": QCoreApplication.translate("Report", "Effects of the techniques"),
        "method": QCoreApplication.translate("Report", "How it was measured"),
        "machine": QCoreApplication.translate("Report", "The machine"),
        "limits": QCoreApplication.translate("Report", "What it does not say"),
    }[name]


def form_words(name: str) -> tuple[str, str, str]:
    """A form of a report: its name, what it is good for, the ending of its file."""
    return {
        "html": (
            QCoreApplication.translate("Report", "Web page"),
            QCoreApplication.translate("Report", "One file that any browser opens without a network."),
            ".html",
        ),
        "pdf": ("PDF", QCoreApplication.translate("Report", "As the preview shows it, to print or to send."), ".pdf"),
        "markdown": (
            "Markdown",
            QCoreApplication.translate("Report", "For wikis and issues; plots lie beside it as SVG."),
            ".md",
        ),
        "csv": (
            "CSV",
            QCoreApplication.translate("Report", "Every figure of every variant for a spreadsheet; no sections."),
            ".csv",
        ),
    }[name]

"""Names of tasks and metrics."""

from PySide6.QtCore import QCoreApplication

TASKS = ("classification", "regression", "detection", "segmentation", "sequence")
"""What labels can mean, in the engine's words."""


def task_name(task: str) -> str:
    """A task in words; one without words keeps the engine's name."""
    return {
        "classification": QCoreApplication.translate("Tasks", "Classification"),
        "regression": QCoreApplication.translate("Tasks", "Regression"),
        "detection": QCoreApplication.translate("Tasks", "Detection"),
        "segmentation": QCoreApplication.translate("Tasks", "Segmentation"),
        "sequence": QCoreApplication.translate("Tasks", "Sequence"),
    }.get(task, task)


def metric_name(name: str) -> str:
    """A metric in words; one without words keeps the engine's name."""
    return {
        "accuracy": QCoreApplication.translate("Metrics", "Accuracy"),
        "loss": QCoreApplication.translate("Metrics", "Loss"),
        "training accuracy": QCoreApplication.translate("Metrics", "Accuracy while training"),
        "held-out accuracy": QCoreApplication.translate("Metrics", "Accuracy on samples kept apart"),
        "training R2": QCoreApplication.translate("Metrics", "R² while training"),
        "held-out R2": QCoreApplication.translate("Metrics", "R² on samples kept apart"),
        "top5_accuracy": QCoreApplication.translate("Metrics", "Top-5 accuracy"),
        "precision_macro": QCoreApplication.translate("Metrics", "Precision, macro"),
        "recall_macro": QCoreApplication.translate("Metrics", "Recall, macro"),
        "f1_macro": QCoreApplication.translate("Metrics", "F1, macro"),
        "f1_weighted": QCoreApplication.translate("Metrics", "F1, weighted"),
        "f1_micro": QCoreApplication.translate("Metrics", "F1, micro"),
        "roc_auc_macro": QCoreApplication.translate("Metrics", "ROC-AUC, macro"),
        "r2": QCoreApplication.translate("Metrics", "R²"),
        "mse": QCoreApplication.translate("Metrics", "Mean squared error"),
        "rmse": QCoreApplication.translate("Metrics", "Root mean squared error"),
        "mae": QCoreApplication.translate("Metrics", "Mean absolute error"),
        "map50": QCoreApplication.translate("Metrics", "mAP@50"),
        "map50_95": QCoreApplication.translate("Metrics", "mAP@50:95"),
        "recall50": QCoreApplication.translate("Metrics", "Recall@50"),
        "miou": QCoreApplication.translate("Metrics", "Mean IoU"),
        "pixel_accuracy": QCoreApplication.translate("Metrics", "Pixel accuracy"),
        "wer": QCoreApplication.translate("Metrics", "Word error rate"),
        "cer": QCoreApplication.translate("Metrics", "Character error rate"),
        "exact": QCoreApplication.translate("Metrics", "Exact match"),
    }.get(name, name)

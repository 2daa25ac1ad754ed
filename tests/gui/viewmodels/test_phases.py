from gui.viewmodels.phases import Phase, PhaseTracker


def walk(*stages: str) -> list[Phase | None]:
    tracker = PhaseTracker()
    return [tracker.stage(name) for name in stages]


def test_that_phases_follow_the_stages():
    assert walk("device", "compress", "evaluate", "bundle", "deploy", "verify", "measure") == [
        Phase.DEVICE,
        Phase.COMPRESS,
        Phase.COMPRESS,
        Phase.COMPRESS,
        Phase.DEPLOY,
        Phase.DEPLOY,
        Phase.MEASURE,
    ]


def test_that_a_phase_never_goes_back():
    assert walk("deploy", "compress") == [Phase.DEPLOY, Phase.DEPLOY]


def test_that_deploying_after_measuring_is_the_finish():
    assert walk("measure", "deploy", "upload") == [Phase.MEASURE, Phase.FINISH, Phase.FINISH]


def test_that_an_unknown_stage_stays_in_its_phase():
    assert walk("static-quantization", "device", "some-plug-in") == [None, Phase.DEVICE, Phase.DEVICE]

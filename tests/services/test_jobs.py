"""Work beside the window: serial workers, the saver, the pool, reading ahead."""

from __future__ import annotations

import threading

from waiting import wait_for

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.errors import KaryoViewError
from karyoview.services.jobs import Pool, Saver, SerialWorker, read_ahead, user_message


def test_a_serial_worker_does_one_job_at_a_time_in_order_and_survives_a_failing_one() -> None:
    worker, seen, running = SerialWorker("test"), [], threading.Semaphore(1)

    def job(number: int) -> None:
        assert running.acquire(blocking=False)
        seen.append(number)
        running.release()
        if number == 1:
            raise ValueError("told to")

    for k in range(5):
        worker.submit(lambda token, k=k: job(k))
    assert worker.close(drop=False)
    assert seen == [0, 1, 2, 3, 4]


def test_the_saver_keeps_order_and_what_failed_stays_dirty_until_it_worked() -> None:
    written, reported, broken = [], [], [True]

    def write(annotation: ImageAnnotation, action: str, detail: dict) -> None:
        if annotation.image == "b" and broken[0]:
            raise KaryoViewError("The disk is full.")
        written.append((annotation.image, annotation.revision))

    saver = Saver(write, lambda state, sentence: reported.append((state, sentence)))
    for k in range(3):
        saver.save(ImageAnnotation("a", revision=k), "move", {})
    saver.save(ImageAnnotation("b", revision=7), "move", {})
    wait_for(lambda: saver.dirty == ("b",))
    assert ("failed", "b could not be saved: The disk is full.") in reported
    broken[0] = False
    saver.retry()
    wait_for(lambda: saver.dirty == ())
    assert written == [("a", 0), ("a", 1), ("a", 2), ("b", 7)]
    assert saver.close()


def test_an_edit_that_is_tried_again_never_goes_over_a_newer_one() -> None:
    written, broken, states = [], [True], []

    def write(annotation: ImageAnnotation, action: str, detail: dict) -> None:
        if broken[0]:
            raise KaryoViewError("The disk is full.")
        written.append(annotation.revision)

    saver = Saver(write, lambda state, sentence: states.append(state))
    saver.save(ImageAnnotation("a", revision=5), "move", {})
    wait_for(lambda: saver.dirty == ("a",))
    held = threading.Event()
    saver.after(held.wait)
    broken[0] = False
    saver.save(ImageAnnotation("a", revision=6), "move", {})
    saver.retry()  # it still has the fifth revision to try, and stands behind the sixth
    held.set()
    wait_for(lambda: saver.dirty == () and not saver.busy)
    assert written == [6]
    assert saver.close()
    assert states[-1] == "saved"


def test_closing_with_an_unsaved_edit_says_so() -> None:
    def write(*_: object) -> None:
        raise OSError(28, "No space left on device")

    saver = Saver(write)
    saver.save(ImageAnnotation("a"), "move", {})
    assert not saver.close()


def test_the_pool_reports_errors_as_sentences() -> None:
    pool, got = Pool(1), []
    pool.submit(lambda: 1 / 0, got.append, got.append)
    pool.submit(lambda: 5, got.append)
    wait_for(lambda: len(got) == 2)
    pool.close()
    assert "ZeroDivisionError" in got[0]
    assert got[1] == 5


def test_memory_runs_out_in_words() -> None:
    assert "memory" in user_message(MemoryError())


def test_the_next_item_is_read_while_the_caller_is_at_work() -> None:
    begun = [threading.Event() for _ in range(4)]

    def read(item: int) -> int:
        begun[item].set()
        if item == 1:
            raise ValueError("unreadable")
        return 10 * item

    seen: list[object] = []
    for item, future in read_ahead([0, 1, 2, 3], read):
        try:
            seen.append(future.result())
        except ValueError as error:
            seen.append(str(error))
        assert begun[min(item + 1, 3)].wait(10)
        if item == 2:
            break
        assert not any(event.is_set() for event in begun[item + 2 :])
    assert seen == [0, "unreadable", 20]
    assert not [t for t in threading.enumerate() if t.name.startswith("decoding")]
    assert list(read_ahead([], read)) == []

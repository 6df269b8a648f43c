from asyncplan import Err, ErrInfo, Ok, Result


def side(result: Result[int, ErrInfo]) -> object:
    match result:
        case Ok(value=value):
            return value
        case Err(error=error):
            return error.code


def test_both_sides_come_apart_in_a_match() -> None:
    assert (side(Ok(1)), side(Err(ErrInfo("E", "no")))) == (1, "E")

"""Who may do what: the table, written out a second time so that a change of it is a decision."""

import pytest

from bot.core.access import TABLE, Reach, Right, authorize, reach
from bot.core.action import Actor, Role, Verb
from bot.errors import ForbiddenError

GRADES = (Role.AGENT, Role.SENIOR, Role.MANAGER, Role.DIRECTOR)
OF_ALL = {Right.LIST, Right.SHOW, Right.OPEN, Right.CLAIM, Right.REPLY, Right.NOTE, Right.REOPEN}
OF_OWN = {Right.TYPING, Right.RELEASE, Right.HANDBACK, Right.RESOLVE}
MEI = 7
TOM = 8


def expected(role: Role, right: Right) -> Reach:
    """The rules in words: own cases for everyone, others' for supervisors, the program for administrators."""
    if right in OF_ALL or role is Role.ADMINISTRATOR:
        return Reach.ANY
    if right is Right.OPERATE:
        return Reach.NONE
    return Reach.ANY if role is Role.SUPERVISOR else Reach.OWN


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_the_table_holds_for_every_role_and_right(role: Role, right: Right) -> None:
    assert reach(role, right) is expected(role, right)


def test_every_right_has_its_line_and_every_verb_is_a_right() -> None:
    assert set(TABLE) == set(Right)
    assert {verb.value for verb in Verb} <= {right.value for right in Right}


@pytest.mark.parametrize("role", GRADES)
@pytest.mark.parametrize("right", sorted(OF_OWN))
def test_a_grade_acts_on_cases_of_its_own_and_of_nobody(role: Role, right: Right) -> None:
    mei = Actor(MEI, "Mei", role)
    authorize(mei, right, assignee_id=MEI)
    authorize(mei, right, assignee_id=None)
    with pytest.raises(ForbiddenError, match="This case is with Tom"):
        authorize(mei, right, assignee_id=TOM, assignee="Tom")


def test_a_holder_without_name_is_a_colleague() -> None:
    with pytest.raises(ForbiddenError, match="with a colleague"):
        authorize(Actor(MEI, "Mei", Role.AGENT), Verb.RESOLVE, assignee_id=TOM)


def test_only_administrators_see_how_the_program_does() -> None:
    authorize(Actor(MEI, "Mei", Role.ADMINISTRATOR), Right.OPERATE)
    with pytest.raises(ForbiddenError, match="'operate' is nothing that the role supervisor may do"):
        authorize(Actor(MEI, "Mei", Role.SUPERVISOR), Right.OPERATE)

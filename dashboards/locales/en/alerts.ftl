# What supervisors and workers read about a unit. Everything here is said about at least five
# people, from released rows alone.

locale-status = published

status-quiet = quiet
status-watch = watch
status-elevated = elevated
status-high = high
status-none = not enough answers

month-1 = January { $year }
month-2 = February { $year }
month-3 = March { $year }
month-4 = April { $year }
month-5 = May { $year }
month-6 = June { $year }
month-7 = July { $year }
month-8 = August { $year }
month-9 = September { $year }
month-10 = October { $year }
month-11 = November { $year }
month-12 = December { $year }

# $direction: worse (a higher value is worse) or better. $shape: step or gradual.
# $form: relative (with the other units) or absolute (with its own past).
finding-change =
    { $direction ->
        [better] { $scale } has fallen here by about { $points ->
            [one] { $points } point
           *[other] { $points } points
        }
       *[worse] { $scale } has risen here by about { $points ->
            [one] { $points } point
           *[other] { $points } points
        }
    } of 100 (likely { $low } to { $high }) since { $since } ({ $shape ->
        [gradual] gradually
       *[step] suddenly
    }), { $form ->
        [absolute] compared with its own past
       *[relative] more than in the other units
    }.

finding-chance =
    { $form ->
        [absolute] Where nothing changed, about 1 unit in { $one_in } would show a change like this at a given check-in.
       *[relative] Among units where nothing changed, about 1 in { $one_in } would show a change like this at a given check-in.
    }
finding-chance-small = Where nothing changed, fewer than 1 unit in 1000 would show a change like this at a given check-in.

finding-answered = { $answered } of { $asked } people answered.

finding-watch = Slightly worse than usual. With units of this size this is often chance; wait for the next check-in.
finding-quiet = No clear change for the worse.
finding-quiet-size = No clear change for the worse. A real change of { $points ->
    [one] { $points } point
   *[other] { $points } points
} would have been noticed by now in half of cases.
finding-first = This is the first check-in with enough answers here. A change can be seen from the next one on.
finding-no-news = Not enough answers at this check-in: what is said is from the one before.
finding-held = It was raised at an earlier check-in, and stays so until two check-ins are quiet.
finding-none = Not enough answers here to say anything.
finding-typical = How far people usually differ is taken from typical values, because your organisation's own would tell too much.

finding-level =
    { $direction ->
        [better] The average of { $scale } is { $mean }. Allowing for chance and for those who did not answer, the probability that it is at or below { $cut } is { $percent } %.
       *[worse] The average of { $scale } is { $mean }. Allowing for chance and for those who did not answer, the probability that it is at or above { $cut } is { $percent } %.
    }

finding-turnover = Many of those who answered in { $since } had not answered here the time before ({ $joined } of { $answered }); part of the difference may come from who answered.
finding-organisation = The organisation as a whole has also become worse: look there as well, not only at this unit.

may-mean =
    Work has become harder for many people here at about the same time: more cases, harder cases, fewer hands, a conflict, news that reached everyone.
    Something that used to carry people is missing: supervision, a colleague who left, time to recover after hard shifts.
    It may also be chance. How often chance alone does this is said above.

does-not-mean =
    It does not say who is burdened, and it cannot be found out from these numbers. Please do not try, and do not ask who has answered.
    It does not say that anyone does bad work, or that the person who leads the unit has failed.
    It is not a diagnosis. It is a change in an average.
    A large change is shown too small at first; a small one that is noticed at all is shown too large.

next-steps =
    Talk with the whole team about the work, not about the numbers of persons: what has changed since { $since }, what would help most in the next weeks?
    Check workload, night shifts and leave: take away what can wait, and fill gaps before anything else.
    Offer supervision or a debriefing to everyone in the unit, in working time and without a list of who comes.
    Remind everyone, in the same words for all, where confidential help is found.
    Set a date to look again, and tell the team what you will do and by when.

next-steps-level =
    Talk with the whole team about the work, not about the numbers of persons: what wears people out, what would help most in the next weeks?
    Check workload, night shifts and leave: take away what can wait, and fill gaps before anything else.
    Offer supervision or a debriefing to everyone in the unit, in working time and without a list of who comes.
    Remind everyone, in the same words for all, where confidential help is found.
    Set a date to look again, and tell the team what you will do and by when.

follow-up =
    A unit that was picked because its number was high will usually be lower next time, also when nothing was done. Do not take the first fall as proof that a measure worked.
    Look at two or three check-ins together, and ask the team whether their work has become lighter.
    Keep what helps people even when the number has fallen.

acknowledge-hint = Everyone in this unit can read what you write here. Name what will be done and by when, never a person.

closed-quiet = This alert has ended: the unit has been quiet at two check-ins.
closed-not-enough-answers = This alert has ended because there were not enough answers at two check-ins. That is not the same as good news.
closed-not-asked = This alert has ended because the unit is not asked any more.
closed-plan-ended = This alert has ended because the check-in plan has ended.

notice-wave-opened = A check-in is open.
notice-wave-extended = A check-in stays open longer.
notice-wave-stopped = A check-in was stopped. Nothing of it is released.
notice-results = There are new results to read.
notice-alert = There is something new about your unit to read.
notice-follow-up = A date that you set has come: look again.

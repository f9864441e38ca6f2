# A sheet for the wall of a place where not everyone has e-mail. Neutral: it says that something is
# open, never what it asks about.

wall-title = A check-in is open
wall-dates = From { $opens } to { $closes } ({ $zone }).
wall-how = Sign in with your own name and password, on any phone or computer.
wall-nobody = Nobody can see who has answered and who has not, and nobody should ask you.
wall-day = { $day } { $month }, { $time }
calendar-opens = Respite: open
calendar-closes = Respite: last day

# Draft: written for this project, not yet read by a second native speaker.

wall-title = Открыт опрос
wall-dates = С { $opens } до { $closes } ({ $zone }).
wall-how = Войдите под своим именем и паролем с любого телефона или компьютера.
wall-nobody = Никто не видит, кто ответил, а кто нет, и никто не должен вас об этом спрашивать.
wall-day = { $day } { $month }, { $time }
calendar-opens = Respite: открыто
calendar-closes = Respite: последний день

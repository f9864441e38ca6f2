//! Seats for connections. When all are taken, whoever has kept us waiting longest makes room for
//! the next; a connection whose request has arrived whole, and is being answered, never does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Between two looks for somebody who waits, when everybody is being answered.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// All the seats.
pub struct Seats {
    free: Arc<Semaphore>,
    waiting: Mutex<Waiting>,
}

/// Who keeps us waiting, the longest wait first.
#[derive(Default)]
struct Waiting {
    last: u64,
    by_number: BTreeMap<u64, Arc<Notify>>,
}

/// The seat of one connection; free again when it is dropped.
pub struct Seat {
    seats: Arc<Seats>,
    number: Mutex<Option<u64>>,
    wanted: Arc<Notify>,
    _place: Option<OwnedSemaphorePermit>,
}

impl Seats {
    /// So many.
    pub fn of(most: usize) -> Arc<Self> {
        Arc::new(Self {
            free: Arc::new(Semaphore::new(most)),
            waiting: Mutex::default(),
        })
    }

    /// A seat, if need be that of whoever has kept us waiting longest.
    pub async fn take(self: &Arc<Self>) -> Arc<Seat> {
        let place = loop {
            if let Ok(place) = self.free.clone().try_acquire_owned() {
                break Some(place);
            }
            self.dismiss_one();
            let freed = self.free.clone().acquire_owned();
            if let Ok(place) = tokio::time::timeout(LOOK_AGAIN, freed).await {
                break place.ok();
            }
        };
        let seat = Arc::new(Seat {
            seats: self.clone(),
            number: Mutex::default(),
            wanted: Arc::new(Notify::new()),
            _place: place,
        });
        seat.waits();
        seat
    }

    fn dismiss_one(&self) {
        if let Some((_, seat)) = held(&self.waiting).by_number.pop_first() {
            seat.notify_one();
        }
    }
}

impl Seat {
    /// From now on we wait for the client.
    pub fn waits(&self) {
        let mut waiting = held(&self.seats.waiting);
        let mut number = held(&self.number);
        if let Some(old) = number.take() {
            waiting.by_number.remove(&old);
        }
        waiting.last += 1;
        let last = waiting.last;
        waiting.by_number.insert(last, self.wanted.clone());
        *number = Some(last);
    }

    /// From now on the client waits for us.
    pub fn is_answered(&self) {
        let mut waiting = held(&self.seats.waiting);
        if let Some(number) = held(&self.number).take() {
            waiting.by_number.remove(&number);
        }
    }

    /// Returns when somebody else needs the seat.
    pub async fn is_wanted(&self) {
        self.wanted.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.is_answered();
    }
}

/// No code panics while it holds one of these, and if it did the numbers would still be right.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_dismissed(seat: &Seat) -> bool {
        use futures_util::FutureExt;
        seat.is_wanted().now_or_never().is_some()
    }

    #[tokio::test]
    async fn whoever_has_waited_longest_makes_room() {
        let seats = Seats::of(3);
        let (first, second, third) = (seats.take().await, seats.take().await, seats.take().await);
        first.waits();
        third.is_answered();
        let (taken, ()) = tokio::join!(seats.take(), async {
            second.is_wanted().await;
            drop(second);
        });
        assert!(!is_dismissed(&first), "she has just been answered");
        assert!(!is_dismissed(&third), "her request is being answered");
        assert!(!is_dismissed(&taken));
    }

    #[tokio::test]
    async fn where_everybody_is_being_answered_the_next_one_waits() {
        let seats = Seats::of(1);
        let only = seats.take().await;
        only.is_answered();
        let next = seats.take();
        tokio::pin!(next);
        let came = tokio::time::timeout(LOOK_AGAIN * 3, &mut next).await;
        assert!(came.is_err(), "nobody is cut off in the middle");
        drop(only);
        next.await;
    }
}

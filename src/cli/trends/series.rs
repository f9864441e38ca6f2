//! The input of `respite trends`: every fault is refused with its place in the file. Names that are
//! not known are ignored, so that released rows can be passed on with their other fields.

use crate::cli::json_place::{Fields, FileFault, Part};
use crate::trends::{
    Cadence, DEFAULT_ALPHA, Direction, Released, Row, Scale, Series, Spread, Step, Unit,
};

const FORMAT: &str = "respite-trends-1";

/// Reads a whole file.
pub(super) fn read(root: &Part<'_>) -> Result<Series, FileFault> {
    let mut fields = root.clone().fields()?;
    let format = fields.need("format")?;
    if format.text()? != FORMAT {
        return Err(format.fault(format!("\"{FORMAT}\" is wanted here")));
    }
    let cadence = cadence(&fields.need("cadence")?)?;
    let waves = fields.need("waves")?.whole_number()?;
    let scales = each(&fields.need("scales")?, scale)?;
    let mut organisation = fields.need("organisation")?.fields()?;
    let released = Released {
        cadence,
        waves,
        scales,
        organisation: each(&organisation.need("rows")?, row)?,
        spread: each(&organisation.need("spread")?, spread)?,
        units: each(&fields.need("units")?, unit)?,
    };
    Series::new(&released).map_err(|wrong| {
        let mut part = root.clone();
        for step in &wrong.at.0 {
            let inner = match step {
                Step::Name(name) => part.at_name(name),
                Step::Item(place) => part.at_place(*place),
            };
            // A value that is left out is wrong at what it should stand in.
            let Some(inner) = inner else { break };
            part = inner;
        }
        part.fault(wrong.fault.to_string())
    })
}

fn each<T>(
    list: &Part<'_>,
    read: impl Fn(Part<'_>) -> Result<T, FileFault>,
) -> Result<Vec<T>, FileFault> {
    list.list()?.into_iter().map(read).collect()
}

fn cadence(part: &Part<'_>) -> Result<Cadence, FileFault> {
    match part.text()?.as_str() {
        "quarterly" => Ok(Cadence::Quarterly),
        "monthly" => Ok(Cadence::Monthly),
        _ => Err(part.fault("\"quarterly\" or \"monthly\" is wanted here")),
    }
}

fn scale(part: Part<'_>) -> Result<Scale, FileFault> {
    let mut fields = part.fields()?;
    let direction = fields.need("direction")?;
    Ok(Scale {
        id: fields.need("id")?.text()?,
        direction: match direction.text()?.as_str() {
            "higher_is_worse" => Direction::HigherIsWorse,
            "higher_is_better" => Direction::HigherIsBetter,
            _ => {
                let wanted = "\"higher_is_worse\" or \"higher_is_better\" is wanted here";
                return Err(direction.fault(wanted));
            }
        },
        cut: maybe(&mut fields, "cut", Part::number)?,
        alpha: maybe(&mut fields, "alpha", Part::number)?.unwrap_or(DEFAULT_ALPHA),
    })
}

fn row(part: Part<'_>) -> Result<Row, FileFault> {
    let mut fields = part.fields()?;
    Ok(Row {
        wave: fields.need("wave")?.whole_number()?,
        scale: fields.need("scale")?.text()?,
        answered: fields.need("answered")?.whole_number()?,
        asked: fields.need("asked")?.whole_number()?,
        mean: fields.need("mean")?.number()?,
        stayed: maybe(&mut fields, "stayed", Part::whole_number)?,
    })
}

fn spread(part: Part<'_>) -> Result<Spread, FileFault> {
    let mut fields = part.fields()?;
    Ok(Spread {
        wave: fields.need("wave")?.whole_number()?,
        scale: fields.need("scale")?.text()?,
        s2: maybe(&mut fields, "s2", Part::number)?,
        s2_df: maybe(&mut fields, "s2_df", Part::whole_number)?,
    })
}

fn unit(part: Part<'_>) -> Result<Unit, FileFault> {
    let mut fields = part.fields()?;
    Ok(Unit {
        id: fields.need("id")?.text()?,
        rows: each(&fields.need("rows")?, row)?,
    })
}

/// A value that may be left out or null.
fn maybe<'a, T>(
    fields: &mut Fields<'a>,
    name: &str,
    read: impl Fn(&Part<'a>) -> Result<T, FileFault>,
) -> Result<Option<T>, FileFault> {
    let part = fields.find(name).and_then(Part::or_null);
    part.map(|part| read(&part)).transpose()
}

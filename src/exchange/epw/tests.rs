#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]
//! Files made here, one fault each, and the published ones where `MEGAWATT_REFERENCE` names their folder.

use super::*;

const DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const HEADER: &str = "LOCATION,\"Testville, North\",TN,USA,TMY3,0-20000-0-72797,35.07,-89.98,-6.0,81.0\r\nDESIGN CONDITIONS,0 \r\nTYPICAL/EXTREME PERIODS,0\r\nGROUND TEMPERATURES,0\r\nHOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0\r\nCOMMENTS 1,\"made, for tests\"\r\nCOMMENTS 2,\r\nDATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31\r\n";

/// A row in parts, so that a test can break any of them.
#[derive(Clone)]
struct Row {
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    dry: f64,
    dew: f64,
    pressure: f64,
    rest: &'static str,
}

impl Row {
    fn text(&self) -> String {
        let humidity = rows::relative_humidity(self.dry, false, self.dew, false).round();
        format!("1999,{},{},{},{},?9?9,{},{},{humidity},{}{}", self.month, self.day, self.hour, self.minute, self.dry, self.dew, self.pressure, self.rest)
    }
}

/// A year whose dry bulb tells the hour: 10 °C in January to 21 °C in December, and a daily wave.
fn year() -> Vec<Row> {
    let mut rows = Vec::new();
    for month in 1..=12 {
        for day in 1..=DAYS[month as usize - 1] {
            for hour in 1..=24 {
                let dry = f64::from(9 + month) + (f64::from(hour) * 0.25).round() / 2.0;
                rows.push(Row { month, day, hour, minute: 0, dry, dew: dry - 5.0, pressure: 100_000.0 + f64::from(day), rest: ",0,0,339,0,0,0" });
            }
        }
    }
    rows
}

fn file(header: &str, rows: &[Row]) -> Vec<u8> {
    let mut text = header.to_owned();
    for row in rows {
        text.push_str(&row.text());
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn refused(bytes: &[u8]) -> String {
    read(bytes).map(|e| e.findings).unwrap_err().to_string()
}

fn rules(epw: &Epw) -> Vec<&str> {
    epw.findings.iter().map(|f| f.rule).collect()
}

fn dry(epw: &Epw) -> Vec<f64> {
    epw.hours.iter().map(|h| (h.dry_bulb.celsius() * 1000.0).round() / 1000.0).collect()
}

#[test]
fn a_sound_file_is_read_without_a_word() {
    let epw = read(&file(HEADER, &year())).unwrap();
    assert_eq!(rules(&epw), Vec::<&str>::new(), "{:?}", epw.findings);
    assert_eq!(epw.station, "Testville, North, TN, USA");
    assert_eq!((epw.latitude, epw.longitude, epw.timezone, epw.wmo.as_str()), (35.07, -89.98, -6.0, "0-20000-0-72797"));
    assert_eq!(epw.elevation.unwrap().meters(), 81.0);
    assert_eq!((epw.rows, epw.hours.len(), epw.steps_per_hour), (8760, 8760, 1));
    // 31 days, then February 1st, hour 1.
    assert_eq!(dry(&epw)[31 * 24], 11.0);
    assert_eq!(epw.hours[31 * 24 - 1].pressure.pascals(), 100_031.0);
    assert!(epw.weather("a.epw").name.contains("Testville") && epw.weather("a.epw").name.contains("a.epw"));
}

#[test]
fn encodings_and_line_ends_do_not_matter() {
    let plain = read(&file(HEADER, &year())).unwrap();
    let text = String::from_utf8(file(&HEADER.replace("Testville", "Zürich"), &year())).unwrap();
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    for bytes in
        [text.replace("\r\n", "\n").into_bytes(), text.replace("\r\n", "\r").into_bytes(), [b"\xef\xbb\xbf", text.as_bytes(), b"\r\n\r\n"].concat(), latin]
    {
        let epw = read(&bytes).unwrap();
        assert_eq!(epw.station, "Zürich, North, TN, USA");
        assert_eq!(epw.hours, plain.hours);
    }
}

#[test]
fn what_is_no_weather_file_is_refused_with_a_sentence() {
    assert_eq!(refused(b""), "the file is empty");
    assert!(refused(b"<!DOCTYPE html><html>404</html>").starts_with("line 1: this is no EPW file"));
    assert!(refused(b"\xff\xfeL\0O\0").contains("UTF-16"));
    assert!(refused(HEADER.as_bytes()).contains("no data rows"));
    let headerless: Vec<&str> = HEADER.split("\r\n").enumerate().filter(|(n, _)| *n != 3).map(|(_, l)| l).collect();
    assert_eq!(refused(headerless.join("\n").as_bytes()), "line 4: expected the header line `GROUND TEMPERATURES`, found `HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0`");
    assert!(refused(&file(&HEADER.replace(',', ";"), &year())).contains("semicolons"));
    assert!(refused(&file(&HEADER.replace("35.07", "351.07"), &year())).contains("line 1: the latitude 351.07 is not from -90 to 90"));
    assert!(refused(&file(&HEADER.replace("35.07", "north"), &year())).contains("latitude"));
    assert!(refused(&file(&HEADER.replace("PERIODS,1,1", "PERIODS,2,1"), &year())).contains("2 data periods"));
    assert!(refused(&file(&HEADER.replace("PERIODS,1,1", "PERIODS,1,7"), &year())).contains("records per hour"));
    let mut damaged = file(HEADER, &year()[..100]);
    damaged.extend([0; 50]);
    assert!(refused(&damaged).starts_with("line 109: there are NUL bytes"));
}

#[test]
fn a_year_that_is_not_whole_is_refused() {
    let sentence = refused(&file(HEADER, &year()[..4379]));
    assert!(sentence.contains("4379 of 8760 hours") && sentence.contains("2 July, hour 12"), "{sentence}");
    let twice: Vec<Row> = year().into_iter().chain(year()).collect();
    assert!(refused(&file(HEADER, &twice)).contains("already there"));
    let mut rows = year();
    rows[..100].iter_mut().for_each(|r| r.dry = 99.9);
    assert!(refused(&file(HEADER, &rows)).contains("dry bulb is missing in 100 hours"));
}

#[test]
fn other_units_are_refused() {
    let mut rows = year();
    rows.iter_mut().for_each(|r| r.pressure /= 100.0);
    assert!(refused(&file(HEADER, &rows)).contains("hPa"));
    // The humidity is written from the °C values, the temperatures in °F.
    let fahrenheit = |row: &Row, dry: bool, dew: bool| -> String {
        let convert = |t: f64, yes: bool| if yes { t * 1.8 + 32.0 } else { t };
        row.text().replace(&format!("?9?9,{},{},", row.dry, row.dew), &format!("?9?9,{},{},", convert(row.dry, dry), convert(row.dew, dew)))
    };
    for (dry, dew, named) in [(true, false, "the dry bulb seems to be in °F"), (true, true, "dry bulb and dew point seem to be in °F")] {
        let text: String = year().iter().map(|r| fahrenheit(r, dry, dew) + "\n").collect();
        assert!(refused(format!("{HEADER}{text}").as_bytes()).contains(named));
    }
}

#[test]
fn gaps_are_filled_and_named() {
    let good = read(&file(HEADER, &year())).unwrap();
    let mut rows = year();
    for row in &mut rows[1000..1024] {
        (row.dry, row.dew, row.pressure) = (99.9, 99.9, 999_999.0);
    }
    let epw = read(&file(HEADER, &rows)).unwrap();
    assert!(rules(&epw).contains(&"missing-value") && rules(&epw).contains(&"filled-gap"), "{:?}", epw.findings);
    assert!(epw.findings.iter().any(|f| f.lines.first() == Some(&1009)));
    // The wave repeats every day here, so that the neighbors give it back exactly.
    assert_eq!(dry(&epw), dry(&good));
    // A short gap is a straight line.
    let mut rows = year();
    rows[10].dry = 99.9;
    let epw = read(&file(HEADER, &rows)).unwrap();
    assert_eq!(dry(&epw)[10], ((rows[9].dry + rows[11].dry) * 500.0).round() / 1000.0);
    // At the end of the year the gap is closed by its beginning.
    let epw = read(&file(HEADER, &year()[..8759])).unwrap();
    assert!(rules(&epw).contains(&"missing-hour"));
    assert_eq!(dry(&epw)[8759], ((year()[8758].dry + year()[0].dry) * 500.0).round() / 1000.0);
}

#[test]
fn damaged_rows_and_values_are_named_with_their_line() {
    let mut lines: Vec<String> = String::from_utf8(file(HEADER, &year())).unwrap().lines().map(str::to_owned).collect();
    lines[500] = lines[500][..30].to_owned();
    lines[501].push_str(",0,0");
    lines[600] = lines[600].replacen("1999,1,25", "1999,13,25", 1);
    lines[700] = lines[700].replacen("?9?9,", "?9?9,x", 1);
    lines[701] = lines[701].replacen("?9?9,", "?9?9,-300", 1);
    let epw = read(lines.join("\n").as_bytes()).unwrap();
    let of = |rule: &str| epw.findings.iter().find(|f| f.rule == rule).map(|f| f.lines.clone()).unwrap_or_else(|| panic!("no {rule} in {:?}", epw.findings));
    assert_eq!(of("damaged-row"), [501, 502]);
    assert_eq!(of("bad-date"), [601]);
    assert_eq!(of("unreadable-value"), [701]);
    assert_eq!(of("out-of-range"), [702]);
    assert!(epw.hours.iter().all(|h| h.dry_bulb.celsius() > 5.0));
}

#[test]
fn calendar_order_is_restored() {
    let good = dry(&read(&file(HEADER, &year())).unwrap());
    let mut rows = year();
    rows.rotate_left(99 * 24);
    let epw = read(&file(&HEADER.replace(" 1/ 1,12/31", " 4/10, 4/ 9"), &rows)).unwrap();
    assert_eq!((dry(&epw), rules(&epw)), (good.clone(), vec!["wrapped-year"]));
    let epw = read(&file(HEADER, &rows)).unwrap();
    assert_eq!((dry(&epw), rules(&epw)), (good.clone(), vec!["rows-out-of-order"]));
    rows.swap(3, 5000);
    assert_eq!(dry(&read(&file(HEADER, &rows)).unwrap()), good);
    let mut rows = year();
    rows.iter_mut().for_each(|r| r.hour -= 1);
    // The wave follows the row here, not its label.
    let epw = read(&file(HEADER, &rows)).unwrap();
    assert_eq!((dry(&epw), rules(&epw)), (good, vec!["hours-from-zero"]));
    rows[30].hour = 24;
    assert!(refused(&file(HEADER, &rows)).contains("hour 24 at line 39"));
}

#[test]
fn a_leap_day_is_left_out_whatever_the_header_says() {
    let good = read(&file(HEADER, &year())).unwrap();
    let mut rows = year();
    for hour in (1..=24).rev() {
        rows.insert(59 * 24, Row { month: 2, day: 29, hour, dry: 11.0, dew: 6.0, ..rows[0].clone() });
    }
    for flag in ["No", "Yes", ""] {
        let epw = read(&file(&HEADER.replace("SAVINGS,No", &format!("SAVINGS,{flag}")), &rows)).unwrap();
        assert_eq!((epw.rows, epw.hours.len()), (8784, 8760));
        assert_eq!((dry(&epw), rules(&epw)), (dry(&good), vec!["leap-day"]));
    }
    let epw = read(&file(&HEADER.replace("SAVINGS,No,0,0", "SAVINGS,Yes,3/10,11/3"), &year())).unwrap();
    assert_eq!(rules(&epw), ["leap-day", "daylight-saving"]);
}

#[test]
fn several_records_an_hour_are_averaged() {
    let mut rows = Vec::new();
    for row in year() {
        for (minute, off) in [(15, -0.3), (30, -0.1), (45, 0.1), (60, 0.3)] {
            rows.push(Row { minute, dry: row.dry + off, dew: row.dew + off, ..row.clone() });
        }
    }
    let four = HEADER.replace("PERIODS,1,1", "PERIODS,1,4");
    let epw = read(&file(&four, &rows)).unwrap();
    assert_eq!((epw.rows, epw.steps_per_hour), (35_040, 4));
    assert_eq!((dry(&epw), rules(&epw)), (dry(&read(&file(HEADER, &year())).unwrap()), vec![]));
    rows.remove(7);
    assert_eq!(rules(&read(&file(&four, &rows)).unwrap()), ["short-hour"]);
}

#[test]
fn doubtful_values_are_kept_and_named() {
    let with = |change: &dyn Fn(&mut Vec<Row>)| {
        let mut rows = year();
        change(&mut rows);
        read(&file(HEADER, &rows)).unwrap()
    };
    let epw = with(&|rows| rows.insert(500, rows[499].clone()));
    assert_eq!(rules(&epw), ["duplicate-hour"]);
    let epw = with(&|rows| (7000..7005).for_each(|i| rows[i].dry = 52.0));
    assert_eq!(rules(&epw), ["temperature-step", "temperature-outlier"]);
    assert!(epw.findings[0].lines.contains(&7009));
    // A cold front of 14.5 K is weather.
    assert_eq!(rules(&with(&|rows| rows[7000].dry -= 14.5)), ["dew-above-dry"]);
    assert_eq!(rules(&with(&|rows| rows.iter_mut().for_each(|r| r.pressure = 99_900.0))), ["constant-pressure"]);
    assert_eq!(rules(&with(&|rows| rows.iter_mut().for_each(|r| r.pressure -= 8_000.0))), ["pressure-elevation"]);
    assert_eq!(rules(&with(&|rows| rows.iter_mut().for_each(|r| r.pressure = 999_999.0))), ["missing-value", "no-pressure"]);
    assert_eq!(rules(&with(&|rows| rows[24..100].iter_mut().for_each(|r| r.dry = 10.0))), ["stuck-value"]);
    let epw = read(&file(&HEADER.replace("-6.0", "6.0"), &year())).unwrap();
    assert_eq!(rules(&epw), ["time-zone"]);
}

fn reference() -> Option<std::path::PathBuf> {
    let Some(folder) = std::env::var_os("MEGAWATT_REFERENCE") else {
        println!("skipped: MEGAWATT_REFERENCE is not set");
        return None;
    };
    Some(std::path::Path::new(&folder).join("weather"))
}

fn epw_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "epw")).collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn published_typical_years_are_read() {
    let Some(folder) = reference() else { return };
    for path in epw_files(&folder) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let epw = read(&std::fs::read(&path).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!((epw.hours.len(), epw.rows), (8760, 8760), "{name}");
        let faulty = name.contains("Hillsboro");
        assert_eq!(rules(&epw).contains(&"temperature-step"), faulty, "{name}: {:?}", epw.findings);
        assert_eq!(epw.findings.iter().any(|f| f.severity == Severity::Warning), faulty, "{name}: {:?}", epw.findings);
        // The values of the 13th row of each file, taken from the text by themselves.
        let text = std::fs::read_to_string(&path).unwrap();
        let row: Vec<&str> = text.lines().nth(20).unwrap().split(',').collect();
        assert!((epw.hours[12].dry_bulb.celsius() - row[6].parse::<f64>().unwrap()).abs() < 1e-9, "{name}");
        assert!((epw.hours[12].pressure.pascals() - row[9].parse::<f64>().unwrap()).abs() < 1e-6, "{name}");
    }
}

#[test]
fn every_bad_file_is_answered() {
    let Some(folder) = reference() else { return };
    for path in epw_files(&folder.join("bad")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        match read(&std::fs::read(&path).unwrap()) {
            Err(e) => println!("{name}: {e}"),
            Ok(epw) => {
                println!("{name}: {:?}", epw.findings.iter().map(|f| (f.rule, f.lines.first())).collect::<Vec<_>>());
                assert_eq!(epw.hours.len(), 8760, "{name}");
                // The encoding of file 08 is awkward and its content sound.
                assert!(!epw.findings.is_empty() || name.starts_with("08"), "{name} was read without a word");
            }
        }
    }
}

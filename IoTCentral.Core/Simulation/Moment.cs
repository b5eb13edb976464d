namespace IoTCentral.Core.Simulation;

/// <summary>A time with what curves need of it, worked out once for all values of a message.</summary>
internal readonly record struct Moment(DateTimeOffset Time, TimeSpan Step, double LocalHour)
{
    public static Moment Of(DateTimeOffset time, TimeSpan step, TimeZoneInfo zone) =>
        new(time, step, TimeZoneInfo.ConvertTime(time, zone).TimeOfDay.TotalHours);

    /// <summary>Hours since 1970.</summary>
    public double Hours => (Time - DateTimeOffset.UnixEpoch).TotalHours;

    public long Milliseconds => Time.ToUnixTimeMilliseconds();

    /// <summary>1 at the peak hour, -1 half a day from it.</summary>
    public double DayCurve(double peakHour) => Math.Cos((LocalHour - peakHour) * Math.PI / 12);

    /// <summary>0 by night, 1 at 13:00: the sun between 6:00 and 20:00.</summary>
    public double Daylight =>
        Math.Max(0, Math.Sin((LocalHour - 6) * Math.PI / 14)) * (LocalHour is > 6 and < 20 ? 1 : 0);
}

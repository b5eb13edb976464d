namespace IoTCentral.Web.Ui.Times;

/// <summary>How much of a moment is shown.</summary>
public enum MomentFormat
{
    /// <summary>14:02:11 today, 3 Jul 14:02:11 before.</summary>
    Auto,

    /// <summary>14:02:11</summary>
    Time,

    /// <summary>14:02</summary>
    HourMinute,

    /// <summary>3 Jul 2026</summary>
    Date,

    /// <summary>3 Jul 2026, 14:02:11 CEST: of a value, which may be of any year.</summary>
    Zoned,

    /// <summary>Friday, 3 July 2026 at 14:02:11 CEST</summary>
    Full,
}

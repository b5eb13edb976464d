namespace IoTCentral.Web.Ui;

/// <summary>The time zone of the person in front of the browser; UTC until the browser has told it.</summary>
public sealed record ViewerZone(TimeZoneInfo Zone)
{
    public static ViewerZone Utc { get; } = new(TimeZoneInfo.Utc);

    public static ViewerZone Of(string? name) =>
        name is { Length: > 0 and <= 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? new(zone)
            : Utc;

    /// <summary>The moment on this person's wall clock.</summary>
    public DateTimeOffset Local(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, Zone);

    /// <summary>The moment that this wall clock reading means; of two (autumn) the first, of none (spring) the one after.</summary>
    public DateTimeOffset FromLocal(DateTime wallClock)
    {
        var local = DateTime.SpecifyKind(wallClock, DateTimeKind.Unspecified);
        while (Zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        var offset = Zone.IsAmbiguousTime(local) ? Zone.GetAmbiguousTimeOffsets(local).Max() : Zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}

namespace IoTCentral.Core.Tenants;

/// <summary>
/// Something every application has from its first day (such as the default enrollment group). Called right after an
/// application is made; repeatable, since a crash in between means that it is called again at the next start.
/// </summary>
public interface IApplicationPart
{
    Task FurnishAsync(Application application, Furnishing wishes, CancellationToken ct);
}

/// <summary>What the creator asked for beyond the application itself.</summary>
public sealed record Furnishing
{
    public static Furnishing Default { get; } = new();

    /// <summary>Primary key (base64) of the default enrollment group, taken over from elsewhere; null: a new one.</summary>
    public string? GroupKey { get; init; }

    /// <summary>With the demo's templates, devices, dashboard, rules and history in it.</summary>
    public bool WithDemo { get; init; }
}

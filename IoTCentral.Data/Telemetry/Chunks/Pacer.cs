namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>Keeps background work to a share of the machine by resting in proportion to the time worked.</summary>
/// <param name="restPerWork">0: it never rests.</param>
internal sealed class Pacer(TimeProvider time, double restPerWork)
{
    private long _since = time.GetTimestamp();

    /// <summary>
    /// For work of a twentieth of the machine, a fifth where very much waits that would never be done else; one processor at
    /// most.
    /// </summary>
    public static double RestFor(bool isFarBehind) =>
        Math.Max(0, ((isFarBehind ? 5.0 : 20.0) / Environment.ProcessorCount) - 1);

    /// <summary>Rests for what was worked since the last rest.</summary>
    public async ValueTask RestAsync(CancellationToken ct)
    {
        if (restPerWork > 0)
            await Task.Delay(time.GetElapsedTime(_since) * restPerWork, time, ct);
        _since = time.GetTimestamp();
    }
}

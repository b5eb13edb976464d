namespace IoTCentral.Bench;

/// <summary>How long and where; the fixed setting is 60 s after 15 s of warm-up.</summary>
internal sealed record BenchOptions(string LoadProgram, string Folder, bool IsQuick)
{
    public TimeSpan WarmUp => TimeSpan.FromSeconds(IsQuick ? 5 : 15);
    public TimeSpan Length => TimeSpan.FromSeconds(IsQuick ? 10 : 60);
    public TimeSpan Copy => TimeSpan.FromSeconds(IsQuick ? 2 : 5);
}

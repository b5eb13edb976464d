using System.Diagnostics.Metrics;

namespace IoTCentral.Data.Telemetry.Chunks;

/// <summary>What on-call people watch of sealing.</summary>
internal sealed class SealMetrics
{
    private readonly Counter<long> _messages;
    private readonly Counter<long> _left;
    private readonly Counter<long> _failures;
    private long _waiting;

    public SealMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("IoTCentral.Seal");
        _messages = meter.CreateCounter<long>("iotc.seal.messages", "{message}", "Messages sealed.");
        _left = meter.CreateCounter<long>("iotc.seal.left", "{point}", "Points in the raw data alone.");
        _failures = meter.CreateCounter<long>("iotc.seal.failures", "{failure}", "Times sealing or merging failed.");
        meter.CreateObservableGauge(
            "iotc.seal.waiting",
            () => Volatile.Read(ref _waiting),
            "{message}",
            "Messages in the log that are not sealed yet."
        );
    }

    public void Wait(long messages) => Volatile.Write(ref _waiting, messages);

    public void Sealed(SealOutcome outcome)
    {
        _messages.Add(outcome.Messages);
        _left.Add(outcome.Left);
    }

    public void Fail() => _failures.Add(1);
}

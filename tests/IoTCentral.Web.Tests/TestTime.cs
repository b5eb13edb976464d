namespace IoTCentral.Web.Tests;

/// <summary>Stands still at the moment it was made until a test moves it; delays end at once.</summary>
internal sealed class TestTime : TimeProvider
{
    private readonly DateTimeOffset _start = System.GetUtcNow();
    private long _offset;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);

    public override DateTimeOffset GetUtcNow() => _start + TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _offset);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var isDelay = period == Timeout.InfiniteTimeSpan && dueTime > TimeSpan.Zero;
        return System.CreateTimer(callback, state, isDelay ? TimeSpan.Zero : dueTime, period);
    }
}

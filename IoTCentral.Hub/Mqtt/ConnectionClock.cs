using IoTCentral.Core.Devices;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Mqtt;

/// <summary>The times of one connection: to sign in, between packets, and how long we may let it wait.</summary>
internal sealed class ConnectionClock(TimeProvider time)
{
    private static readonly TimeSpan TimeToConnect = TimeSpan.FromSeconds(10);

    // Azure's cap (contract §2.2): one and a half times 1177 s; a client that names none gets it too.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(1767);

    private readonly long _accepted = time.GetTimestamp();
    private long _heard;
    private long _pausedAt;
    private State _state;
    private TimeSpan _silence;

    private enum State
    {
        Fresh,
        SigningIn,
        Connected,
    }

    /// <summary>Whether it waits for us: for storage or for its turn.</summary>
    public bool IsPaused => Volatile.Read(ref _pausedAt) != 0;

    public void Connecting() => _state = State.SigningIn;

    public void Connected(int keepAliveSeconds)
    {
        var silence = TimeSpan.FromSeconds(keepAliveSeconds * 1.5);
        _silence = keepAliveSeconds == 0 || silence > LongestSilence ? LongestSilence : silence;
        Heard();
        _state = State.Connected;
    }

    public void Heard() => Volatile.Write(ref _heard, time.GetTimestamp());

    /// <summary>While we do not read, what the device sends to keep the connection alive lies unread: not its fault.</summary>
    public async ValueTask PauseWhileAsync(ValueTask work)
    {
        Volatile.Write(ref _pausedAt, time.GetTimestamp());
        try
        {
            await work;
        }
        finally
        {
            Volatile.Write(ref _pausedAt, 0);
            Heard();
        }
    }

    /// <summary>Why the connection must end now; null while all is well.</summary>
    public Closing? FindEnd()
    {
        if (_state == State.Fresh)
            return time.GetElapsedTime(_accepted) > TimeToConnect ? Closing.Of(ConnectionCode.NoConnect) : null;
        var pausedAt = Volatile.Read(ref _pausedAt);
        if (pausedAt != 0)
            return time.GetElapsedTime(pausedAt) > Patience.LongestPause
                ? Closing.Of(ConnectionCode.StorageAway)
                : null;
        if (_state == State.SigningIn)
            return null;
        var silent = time.GetElapsedTime(Volatile.Read(ref _heard));
        return silent <= _silence
            ? null
            : new Closing(
                ConnectionCode.KeepAlive,
                $"It was silent for {Math.Round(silent.TotalSeconds)} seconds, longer than one and a half times the keep-alive it announced. Network, power or program."
            );
    }
}

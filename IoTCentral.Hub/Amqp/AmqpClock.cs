using IoTCentral.Core.Devices;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Amqp;

/// <summary>The times of one connection: to sign in, between frames, and how long we may let it wait.</summary>
internal sealed class AmqpClock(TimeProvider time)
{
    /// <summary>IoT Hub's: a client that has nothing to say sends an empty frame within it.</summary>
    public const uint AnnouncedMilliseconds = 240_000;

    private static readonly TimeSpan TimeToSignIn = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMilliseconds(AnnouncedMilliseconds * 1.5);

    private long _strangerSince = time.GetTimestamp();
    private long _heard = time.GetTimestamp();
    private long _said = time.GetTimestamp();
    private long _pausedAt;
    private TimeSpan? _sayEvery;

    /// <summary>Whether it waits for us: for storage.</summary>
    public bool IsPaused => Volatile.Read(ref _pausedAt) != 0;

    /// <param name="idleMilliseconds">The client gives up when it hears nothing for this long; 0: never.</param>
    public void Opened(uint idleMilliseconds) =>
        _sayEvery = idleMilliseconds == 0 ? null : TimeSpan.FromMilliseconds(idleMilliseconds / 2.0);

    public void Heard() => Volatile.Write(ref _heard, time.GetTimestamp());

    /// <summary>True when it is time to say that we are there.</summary>
    public bool IsSilenceBroken()
    {
        if (_sayEvery is not { } every || time.GetElapsedTime(_said) < every)
            return false;
        _said = time.GetTimestamp();
        return true;
    }

    /// <summary>While we do not read, what the client sends to stay alive lies unread: not its fault.</summary>
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
    /// <param name="isSignedIn">Whether anybody on it is.</param>
    public Closing? FindEnd(bool isSignedIn)
    {
        var now = time.GetTimestamp();
        if (isSignedIn)
            _strangerSince = now;
        else if (time.GetElapsedTime(_strangerSince, now) > TimeToSignIn)
            return new Closing(ConnectionCode.NoConnect, "Nobody signed in on it within 30 seconds.");
        var pausedAt = Volatile.Read(ref _pausedAt);
        if (pausedAt != 0)
            return time.GetElapsedTime(pausedAt, now) > Patience.LongestPause
                ? Closing.Of(ConnectionCode.StorageAway)
                : null;
        var silent = time.GetElapsedTime(Volatile.Read(ref _heard), now);
        return silent <= LongestSilence
            ? null
            : new Closing(
                ConnectionCode.KeepAlive,
                $"It was silent for {Math.Round(silent.TotalSeconds)} seconds, longer than AMQP allows it here. Network, power or program."
            );
    }
}

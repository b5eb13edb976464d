using Amqp.Framing;
using Amqp.Types;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Amqp.Wire;

/// <summary>Error conditions as IoT Hub's clients know them (contract §5).</summary>
internal static class AmqpErrors
{
    public const string Unauthorized = "amqp:unauthorized-access";
    public const string NotFound = "amqp:not-found";
    public const string NotImplemented = "amqp:not-implemented";
    public const string NotAllowed = "amqp:not-allowed";
    public const string Internal = "amqp:internal-error";
    public const string Decode = "amqp:decode-error";
    public const string ResourceLimit = "amqp:resource-limit-exceeded";
    public const string Stolen = "amqp:link:stolen";
    public const string MessageSize = "amqp:link:message-size-exceeded";
    public const string TransferLimit = "amqp:link:transfer-limit-exceeded";
    public const string Forced = "amqp:connection:forced";
    public const string Framing = "amqp:connection:framing-error";
    public const string Argument = "com.microsoft:argument-error";
    public const string Timeout = "com.microsoft:timeout";
    public const string Throttled = "com.microsoft:device-container-throttled";
    public const string LockLost = "com.microsoft:message-lock-lost";

    public static Error Of(string condition, string description, DateTimeOffset now) =>
        new(new Symbol(condition))
        {
            Description = description,
            Info = new Fields { [new Symbol("com.microsoft:tracking-id")] = Guid.CreateVersion7(now).ToString() },
        };

    /// <summary>Why a connection or a device's links on it end.</summary>
    public static Error Of(Closing closing, DateTimeOffset now) =>
        Of(
            closing.Code switch
            {
                ConnectionCode.Replaced => Stolen,
                ConnectionCode.Deleted => NotFound,
                ConnectionCode.Blocked
                or ConnectionCode.ApplicationSuspended
                or ConnectionCode.TokenEnded
                or ConnectionCode.NoConnect
                or ConnectionCode.OtherDevice => Unauthorized,
                ConnectionCode.Malformed or ConnectionCode.TooLarge => Framing,
                ConnectionCode.NotReading or ConnectionCode.KeepAlive => ResourceLimit,
                ConnectionCode.StorageAway => Timeout,
                ConnectionCode.Failed => Internal,
                _ => Forced,
            },
            closing.Detail,
            now
        );
}

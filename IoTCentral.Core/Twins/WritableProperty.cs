using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoTCentral.Core.Twins;

/// <summary>How far a wish has come.</summary>
public enum WritableState
{
    /// <summary>Nothing is wanted of the device.</summary>
    Unset,

    /// <summary>The device has not answered this wish.</summary>
    Pending,

    /// <summary>The device works on it (202).</summary>
    InProgress,

    /// <summary>The device has taken it (200).</summary>
    Accepted,

    /// <summary>The device reports the value that is wanted, without an acknowledgement.</summary>
    Matches,

    /// <summary>The device keeps its own default (203).</summary>
    DeviceDefault,

    /// <summary>The device will not or cannot (4xx, 5xx).</summary>
    Refused,

    /// <summary>The device has reported another value since, without an acknowledgement.</summary>
    Differs,
}

/// <summary>A property that can be set from here: what is wanted, what the device says, and what that means.</summary>
public sealed record WritableProperty
{
    /// <summary>Null: nothing is wanted.</summary>
    public JsonNode? Wanted { get; private init; }

    /// <summary>When it was wished for, and the twin's desired version that this made.</summary>
    public TwinStamp WantedStamp { get; private init; }

    /// <summary>What the device has, without its acknowledgement; null: it has not said.</summary>
    public JsonNode? Reported { get; private init; }
    public TwinStamp ReportedStamp { get; private init; }

    /// <summary>Null: the device reports no acknowledgement.</summary>
    public Acknowledgement? Answer { get; private init; }
    public WritableState State { get; private init; }

    /// <param name="component">Empty: the root.</param>
    public static WritableProperty Of(Twin twin, string component, string name) =>
        Of(
            (Member(twin.Desired, component, name), Member(twin.DesiredMetadata, component, name)),
            (Member(twin.Reported, component, name), Member(twin.ReportedMetadata, component, name))
        );

    /// <summary>From the two values in a twin, each with its metadata.</summary>
    public static WritableProperty Of(
        (JsonNode? Value, JsonNode? Metadata) desired,
        (JsonNode? Value, JsonNode? Metadata) reported
    )
    {
        var answer = Acknowledgement.Of(reported.Value, reported.Metadata);
        var property = new WritableProperty
        {
            Wanted = desired.Value,
            WantedStamp = desired.Value is null ? default : TwinStamp.Of(desired.Metadata),
            Reported = answer is null ? reported.Value : answer.Value,
            ReportedStamp = TwinStamp.Of(reported.Metadata),
            Answer = answer,
        };
        return property with { State = property.Judge() };
    }

    private WritableState Judge()
    {
        if (Wanted is null)
            return Answer?.Code == 203 ? WritableState.DeviceDefault : WritableState.Unset;
        if (Answer is not null)
            return Answer.Version >= WantedStamp.Version.GetValueOrDefault() ? Judge(Answer) : WritableState.Pending;
        if (Reported is null)
            return WritableState.Pending;
        if (AreEqual(Wanted, Reported))
            return WritableState.Matches;
        // what it said before the wish is no answer to it
        return ReportedStamp.At <= WantedStamp.At ? WritableState.Pending : WritableState.Differs;
    }

    private static WritableState Judge(Acknowledgement answer) =>
        answer.Code switch
        {
            202 => WritableState.InProgress,
            203 => WritableState.DeviceDefault,
            >= 200 and < 300 => WritableState.Accepted,
            _ => WritableState.Refused,
        };

    private static JsonNode? Member(JsonObject values, string component, string name) =>
        component.Length == 0 ? values[name] : (values[component] as JsonObject)?[name];

    // by value, so that 5 is 5.0 however each was made
    private static bool AreEqual(JsonNode wanted, JsonNode reported) =>
        JsonElement.DeepEquals(JsonSerializer.SerializeToElement(wanted), JsonSerializer.SerializeToElement(reported));
}

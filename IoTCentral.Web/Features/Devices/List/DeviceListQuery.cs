using IoTCentral.Core.Devices;
using Microsoft.AspNetCore.WebUtilities;

namespace IoTCentral.Web.Features.Devices.List;

/// <summary>What the device list is narrowed to, as its address keeps it.</summary>
public sealed record DeviceListQuery
{
    /// <summary>In place of a template's id: devices without one.</summary>
    public const string Unassigned = "none";

    public string? Search { get; init; }

    /// <summary>Template's id, or <see cref="Unassigned"/>.</summary>
    public string? Template { get; init; }
    public bool? IsConnected { get; init; }
    public bool? IsSimulated { get; init; }
    public bool? IsBlocked { get; init; }
    public bool? IsWaiting { get; init; }

    /// <summary>Id of a device connection group.</summary>
    public string? Group { get; init; }
    public PropertyEquals? Property { get; init; }

    public bool IsNarrowed => this != new DeviceListQuery();

    public DeviceFilter Filter =>
        new()
        {
            Search = Search,
            TemplateId = Template is Unassigned ? null : Template,
            OnlyUnassigned = Template is Unassigned,
            IsConnected = IsConnected,
            IsSimulated = IsSimulated,
            IsBlocked = IsBlocked,
            // who may not connect yet is not called disconnected
            IsWaiting = IsWaiting ?? (IsConnected == false ? false : null),
            GroupId = Group,
            Properties = Property is null ? [] : [Property],
        };

    /// <summary>For the address: <c>?q=dairy&amp;connected=yes</c>; empty when nothing is narrowed.</summary>
    public string ToQuery()
    {
        var parts = new Dictionary<string, string?>
        {
            ["q"] = Search,
            ["template"] = Template,
            ["connected"] = YesNo(IsConnected),
            ["simulated"] = YesNo(IsSimulated),
            ["blocked"] = YesNo(IsBlocked),
            ["waiting"] = YesNo(IsWaiting),
            ["group"] = Group,
            ["component"] = Property is { Component.Length: > 0 } p ? p.Component : null,
            ["property"] = Property?.Name,
            ["value"] = Property?.Value,
        };
        return QueryHelpers.AddQueryString("", parts.Where(p => !string.IsNullOrEmpty(p.Value)));
    }

    /// <summary>Reads an address; what it does not understand does not narrow.</summary>
    public static DeviceListQuery Parse(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        string? Get(string name) => query.TryGetValue(name, out var v) && v.ToString() is { Length: > 0 } s ? s : null;
        return new DeviceListQuery
        {
            Search = Get("q"),
            Template = Get("template"),
            IsConnected = IsYes(Get("connected")),
            IsSimulated = IsYes(Get("simulated")),
            IsBlocked = IsYes(Get("blocked")),
            IsWaiting = IsYes(Get("waiting")),
            Group = Get("group"),
            Property =
                Get("property") is { } name && Get("value") is { } value
                    ? new PropertyEquals(Get("component") ?? "", name, value)
                    : null,
        };
    }

    private static string? YesNo(bool? value) =>
        value switch
        {
            true => "yes",
            false => "no",
            null => null,
        };

    private static bool? IsYes(string? text) =>
        text switch
        {
            "yes" => true,
            "no" => false,
            _ => null,
        };
}

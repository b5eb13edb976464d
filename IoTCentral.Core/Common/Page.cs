namespace IoTCentral.Core.Common;

/// <summary>One page of a list in key order.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Next">Opaque key to ask for the page after this one; null when this is the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

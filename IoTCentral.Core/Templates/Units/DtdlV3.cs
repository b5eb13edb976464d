using System.Collections.Frozen;

namespace IoTCentral.Core.Templates;

/// <summary>Quantities and units that DTDL v3 added: a model of v2 may not use them, though IoT Central and we do.</summary>
internal static class DtdlV3
{
    private static readonly FrozenSet<string> Added = """
        ApparentEnergy ApparentPower Concentration EnergyRate IonizingRadiationDose Irradiance Radioactivity ReactiveEnergy
        ReactivePower RelativeDensity
        ampereHour becquerel britishThermalUnit britishThermalUnitPerHour cubicFootPerMinute cubicMetrePerHour
        cubicMetrePerMinute cubicMetrePerSecond decapascal gallonPerHour gallonPerMinute gauss gigabecquerel gigajoulePerHour
        gigavoltAmpere gigavoltAmpereHour gigavoltAmpereReactive gigavoltAmpereReactiveHour gigawattHour gray hectopascal
        joulePerHour joulePerSecond kiloBritishThermalUnit kiloBritishThermalUnitPerHour kiloampere kilobecquerel
        kilojoulePerHour kilojoulePerSecond kilovoltAmpere kilovoltAmpereHour kilovoltAmpereReactive
        kilovoltAmpereReactiveHour litrePerMinute massPound massPoundPerHour megabecquerel megajoulePerHour megavoltAmpere
        megavoltAmpereHour megavoltAmpereReactive megavoltAmpereReactiveHour megawattHour microgramPerCubicMetre microgray
        microsievert milliampereHour milligramPerCubicMetre milligray millihertz millilitrePerMinute millisievert
        millivoltAmpere millivoltAmpereReactive milliwattHour partsPerBillion partsPerMillion partsPerQuadrillion
        partsPerTrillion sievert terawattHour tonOfRefrigeration voltAmpere voltAmpereHour voltAmpereReactive
        voltAmpereReactiveHour wattHour wattPerSquareMetre
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();

    /// <summary>The quantity or unit is not among those of DTDL v2.</summary>
    public static bool Has(string term) => Added.Contains(term);
}

"""Files in the own form of each source, with made-up figures, for the tests of reading."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

WORLD_BANK = (
    '"Data Source","World Development Indicators",\r\n\r\n'
    '"Last Updated Date","2024-06-28",\r\n\r\n'
    '"Country Name","Country Code","Indicator Name","Indicator Code","2021","2022",\r\n'
    '"Namibia","NAM","Made-up, total","X.IND","3.5","4.5",\r\n'
    '"World","WLD","Made-up, total","X.IND","900","901",\r\n'
    '"Euro area","EMU","Made-up, total","X.IND","90","91",\r\n'
    '"Viet Nam","VNM","Made-up, total","X.IND","","2.5",\r\n'
    '"Korea, Rep.","KOR","Made-up, total","X.IND","","",\r\n'
)
COUNTRIES = (
    '"Country Code","Region","IncomeGroup","SpecialNotes","TableName",\r\n'
    '"NAM","Sub-Saharan Africa","Upper middle income","","Namibia",\r\n'
)
SERIES = (
    '"INDICATOR_CODE","INDICATOR_NAME","SOURCE_NOTE","SOURCE_ORGANIZATION",\r\n'
    '"X.IND","Made-up","A note, with commas","Nobody",\r\n'
)
DATABANK = (
    "Country Name,Country Code,Series Name,Series Code,2021 [YR2021],2022 [YR2022]\n"
    "Namibia,NAM,Made-up,X.IND,3.5,..\n"
    "Viet Nam,VNM,Made-up,X.IND,..,2.5\n"
    "OECD members,OED,Made-up,X.IND,7,8\n"
    ",,,,,\n,,,,,\n,,,,,\n"
    "Data from database: World Development Indicators,,,,,\nLast Updated: 06/28/2024,,,,,\n"
)
DATABANK_SERIES = (
    "Time,Time Code,Country Name,Country Code,GDP (current US$) [X.GDP],Made-up [X.IND]\n"
    "2021,YR2021,Namibia,NAM,12.5,3.5\n"
    "2022,YR2022,Namibia,NAM,13.5,..\n"
    "2021,YR2021,Viet Nam,VNM,..,..\n"
    "2022,YR2022,Viet Nam,VNM,400,2.5\n"
    "2022,YR2022,High income,HIC,60000,2.5\n"
    ",,,,,\nData from database: World Development Indicators,,,,,\n"
)
# Of DataBank, countries put into the columns.
DATABANK_COUNTRIES = (
    "Time,Time Code,Series Name,Series Code,Namibia [NAM],Viet Nam [VNM],World [WLD]\n"
    "2021,YR2021,Made-up,X.IND,3.5,..,7\n"
    "2022,YR2022,Made-up,X.IND,4.5,2.5,8\n"
    ",,,,,,\nData from database: World Development Indicators,,,,,,\n"
)
# Of DataBank, the codes left out.
DATABANK_NAMES = (
    "Country Name,Series Name,2021 [YR2021],2022 [YR2022]\n"
    "Namibia,Made-up,3.5,..\nViet Nam,Made-up,..,2.5\nWorld,Made-up,7,8\n"
)
DATA360 = (
    "DATABASE_ID,REF_AREA,INDICATOR,SEX,FREQ,UNIT_MEASURE,UNIT_MULT,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
    "WB_X,KEN,WB_X_GDP,_T,A,USD,9,2020,95,A\n"
    "WB_X,VNM,WB_X_GDP,_T,A,USD,6,2020,340,E\n"
)
OECD = (
    "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,Reference area,FREQ,MEASURE,Measure,UNIT_MEASURE,"
    "ADJUSTMENT,TIME_PERIOD,Time period,OBS_VALUE,OBS_STATUS,UNIT_MULT,DECIMALS\n"
    "DATAFLOW,OECD.X:DF(1.0),I,AUT,Austria,A,GDP,Product,USD_PPP,N,2021,,1.5,A,3,1\n"
    "DATAFLOW,OECD.X:DF(1.0),I,POL,Poland,A,GDP,Product,USD_PPP,N,2021,,1.7,E,3,1\n"
    "DATAFLOW,OECD.X:DF(1.0),I,OECD,OECD,A,GDP,Product,USD_PPP,N,2021,,9.9,A,3,1\n"
    "DATAFLOW,OECD.X:DF(1.0),I,EU27_2020,EU,A,GDP,Product,USD_PPP,N,2021,,8.8,A,3,1\n"
)
LABELED = (
    "DATAFLOW,FREQ: Frequency,REF_AREA: Reference area,INDICATOR: Indicator,"
    "TIME_PERIOD: Time period,OBS_VALUE: Value\n"
    "X:DF(1.0),A: Annual,AT: Austria,GDP: Product,2021: 2021,1.5\n"
)
IMF_SDMX = (
    "DATAFLOW,COUNTRY,INDICATOR,FREQUENCY,SCALE,TIME_PERIOD,OBS_VALUE\n"
    "IMF.RES:WEO(6.0.0),DEU,NGDPD,A,Billions,2022,4.25\n"
    "IMF.RES:WEO(6.0.0),KEN,NGDPD,A,Billions,2022,0.125\n"
    "IMF.RES:WEO(6.0.0),G20,NGDPD,A,Billions,2022,80\n"
)
IMF_SERIES = (
    "DATASET,SERIES_CODE,OBS_MEASURE,COUNTRY,INDICATOR,FREQUENCY,SCALE,2021,2022\n"
    "IMF.RES:WEO(6.0.0),DEU.NGDPD.A,OBS_VALUE,DEU,NGDPD,A,Millions,4.25,4.5\n"
    "IMF.RES:WEO(6.0.0),KEN.NGDPD.A,OBS_VALUE,KEN,NGDPD,A,Millions,,0.125\n"
)
EUROSTAT = (
    "freq,unit,geo\\TIME_PERIOD\t2021 \t2022 \n"
    "A,PC,AT\t12.3 p\t: \n"
    "A,PC,BE\t: c\t14.5 bp\n"
    "A,PC,EL\t:\t-3\n"
    "A,PC,EU27_2020\t10.0 \t11.0 \n"
)
WEO = (
    "WEO Country Code\tISO\tWEO Subject Code\tCountry\tSubject Descriptor\tSubject Notes\tUnits\t"
    "Scale\tCountry/Series-specific Notes\t2021\t2022\tEstimates Start After\n"
    '111\tUSA\tNGDPD\tUnited States\tGDP\t"A note; with ""quotes"""\tU.S. dollars\tBillions\tX\t'
    "23,594.031\t25,744.1\t2022\n"
    "728\tNAM\tNGDPD\tNamibia\tGDP\t\tU.S. dollars\tBillions\tX\tn/a\t12.5\t2021\n"
    "111\tUSA\tPCPIPCH\tUnited States\tInflation\t\tPercent change\t\tX\t4.7\t8\t2022\n"
    "\n"
    "International Monetary Fund, World Economic Outlook Database, April 2023\n"
)
OWID = (
    'Entity,Code,Year,Made-up share,"Another (per 1,000)"\n'
    "Africa,,2020,1,2\n"
    "Kenya,KEN,2020,3,4\n"
    "Kenya,KEN,2021,5,\n"
    "Kosovo,OWID_KOS,2021,6,7\n"
    "World,OWID_WRL,2021,8,9\n"
)
ILOSTAT = (
    "ref_area,source,indicator,sex,classif1,time,obs_value,obs_status,note_source\n"
    "KEN,BA:1,UNE_X,SEX_T,AGE_A,2020,5.5,,R1\n"
    "VNM,BA:2,UNE_X,SEX_T,AGE_A,2020,2.25,B,R2\n"
    "X01,XA:1,UNE_X,SEX_T,AGE_A,2020,6,,\n"
)
COMTRADE = (
    "typeCode,freqCode,refYear,period,reporterCode,reporterISO,reporterDesc,flowCode,flowDesc,"
    "partnerCode,partnerISO,partnerDesc,partner2Code,cmdCode,cmdDesc,motCode,primaryValue,isAggregate\n"
    "C,A,2022,2022,276,DEU,Germany,X,Export,404,KEN,Kenya,0,09,Coffee,0,1250.5,True\n"
    "C,A,2022,2022,276,DEU,Germany,X,Export,704,VNM,Viet Nam,0,09,Coffee,0,99,True\n"
    "C,A,2022,2022,276,DEU,Germany,X,Export,0,W00,World,0,09,Coffee,0,5000,True\n"
)
# Each row of a download ends with a comma, the header does not. Partners that are no economy have
# codes of their own, and older downloads none.
COMTRADE_COMMAS = (
    "typeCode,freqCode,period,reporterISO,reporterDesc,flowCode,partnerISO,partnerDesc,cmdCode,"
    "primaryValue\n"
    "C,A,2022,DEU,Germany,X,TUR,Türkiye,0901,1250.5,\n"
    'C,A,2022,DEU,Germany,X,S19,"Other Asia, nes",0901,77,\n'
    'C,A,2022,DEU,Germany,X,_X,"Areas, nes",0901,5,\n'
    "C,A,2022,DEU,Germany,X,X1,Bunkers,0901,6,\n"
    "C,A,2022,DEU,Germany,X,NAM,Namibia,0901,99,\n"
)
COMTRADE_OLD = (
    "Classification,Year,Period,Trade Flow Code,Trade Flow,Reporter,Reporter ISO,Partner,"
    "Partner ISO,Commodity Code,Commodity,Trade Value (US$)\n"
    "H5,2020,2020,1,Import,Germany,DEU,Kenya,KEN,09,Coffee,1250\n"
    'H5,2020,2020,1,Import,Germany,DEU,"Other Asia, nes",,09,Coffee,50\n'
    "H5,2020,2020,1,Import,Germany,DEU,World,WLD,09,Coffee,5000\n"
)
HDR = (
    "iso3,country,hdicode,region,hdi_rank_2022,hdi_2021,hdi_2022,le_2022\n"
    "CIV,Côte d'Ivoire,Low,SSA,166,0.53,0.534,58.9\n"
    "NAM,Namibia,Medium,SSA,142,,0.61,58.1\n"
    "ZZK.WORLD,World,,,,0.73,0.739,72\n"
)
TRADE_MAP = """<html><head><meta charset="utf-8"></head><body>
<span>List of importers for the selected product</span><br>Product : 0901 Coffee
<div>Unit : US Dollar thousand</div>
<table border="0"><tr><td>menu</td></tr></table>
<table><tr><th>Importers</th><th>Imported value in 2021</th><th>Imported value in 2022</th></tr>
<tr><td>World</td><td>30,000,000</td><td>40,000,000</td></tr>
<tr><td>Germany</td><td>3,500</td><td>4,250</td></tr>
<tr><td>Korea, Republic of</td><td></td><td>850</td></tr>
</table><p>Sources: ITC calculations</p></body></html>"""
OECD_STAT = (
    '"LOCATION","Country","INDICATOR","Indicator","TIME","Time","Unit Code","PowerCode Code",'
    '"PowerCode","Value","Flag Codes","Flags"\n'
    '"AUS","Australia","GDP","Product","2020","2020","USD","6","Millions",1.5,,\n'
    '"AUT","Austria","GDP","Product","2020","2020","USD","6","Millions",2.5,"E","Estimated"\n'
)
# Its notes are a table of two cells below, with a header of their own.
UNDATA = (
    '"Country or Area","Year","Value","Value Footnotes"\n'
    '"Namibia","2022","3.5","1,2"\n'
    '"Namibia","2021","3.25",""\n'
    '"Viet Nam","2022","2.5","1"\n'
    '"World","2022","900",""\n'
    '"footnoteSeqID","Footnote"\n'
    '"1","Provisional."\n'
    '"2","Refers to the urban population, as of 1 July."\n'
)
UNDATA_ENERGY = (
    '"Country or Area","Commodity - Transaction","Year","Unit","Quantity","Quantity Footnotes"\n'
    '"Namibia","Hard coal - Imports","2020","Metric tons,  thousand","12",""\n'
    '"Viet Nam","Hard coal - Imports","2020","Metric tons,  thousand","340","1"\n'
    '"fnSeqID","Footnote"\n'
    '"1","Estimate"\n'
)
# By country, as the IMF's site gives a choice of subjects and years.
WEO_REPORT = (
    "Country\tSubject Descriptor\tUnits\tScale\tCountry/Series-specific Notes\t2021\t2022\t"
    "Estimates Start After\n"
    "Albania\tProduct\tU.S. dollars\tBillions\tA note\t18.25\t1,018.5\t2021\n"
    "Namibia\tProduct\tU.S. dollars\tBillions\tA note\tn/a\t--\t2021\n"
    "Namibia\tInflation\tPercent change\t\tA note\t4.5\t--\t2021\n"
    "\nInternational Monetary Fund, World Economic Outlook Database, April 2023"
)
GHO = (
    "IndicatorCode,Indicator,Location type,SpatialDimValueCode,Location,Period type,Period,"
    "Dim1 type,Dim1,FactValueNumeric,FactValueNumericLow,Value,DateModified\n"
    "X_1,Made-up,Country,KEN,Kenya,Year,2020,Sex,Both sexes,66.1,65,66.1 [65.0-67.2],2020-12-04\n"
    "X_1,Made-up,Country,VNM,Viet Nam,Year,2020,Sex,Both sexes,73.75,73,73.8 [73.0-74],2020-12-04\n"
    "X_1,Made-up,Region,AFR,Africa,Year,2020,Sex,Both sexes,64.5,64,64.5 [64.0-65],2020-12-04\n"
    "X_1,Made-up,Global,GLOBAL,Global,Year,2020,Sex,Both sexes,73,72,73 [72-74],2020-12-04\n"
)
GHO_ODATA = (
    "Id,IndicatorCode,SpatialDimType,SpatialDim,TimeDimType,TimeDim,Dim1,NumericValue,Low,High,Value\n"
    "1,X_1,COUNTRY,KEN,YEAR,2020,SEX_BTSX,66.1,65,67,66.1 [65.0-67.2]\n"
    "2,X_1,REGION,EUR,YEAR,2020,SEX_BTSX,76.5,75,77,76.5 [75.0-77.0]\n"
)
FAOSTAT = (
    "Domain Code,Domain,Area Code (M49),Area,Element Code,Element,Item Code (CPC),Item,Year Code,"
    "Year,Unit,Value,Flag,Flag Description\n"
    "QCL,Crops,404,Kenya,5510,Production,0111,Wheat,2020,2020,t,405000,A,Official figure\n"
    "QCL,Crops,704,Viet Nam,5510,Production,0111,Wheat,2020,2020,t,,M,Missing value\n"
    "QCL,Crops,384,Côte d'Ivoire,5510,Production,0111,Wheat,2020,2020,t,10.5,E,Estimated value\n"
    "QCL,Crops,902,Least Developed Countries (LDCs),5510,Production,0111,Wheat,2020,2020,t,9,E,x\n"
)
FAOSTAT_BULK = (
    "Area Code,Area Code (M49),Area,Item Code,Item,Element Code,Element,Unit,"
    "Y2020,Y2020F,Y2020N,Y2021,Y2021F,Y2021N\n"
    "114,'404,Kenya,15,Wheat,5510,Production,t,405000,A,,,M,\n"
    "237,'704,Viet Nam,15,Wheat,5510,Production,t,10,E,,12,E,\n"
    "5000,'001,World,15,Wheat,5510,Production,t,99,E,,98,E,\n"
)
UNCTADSTAT = (
    "Year,Economy,Economy Label,Direction,Direction Label,US$ at current prices,"
    "US$ at current prices Footnote,US$ at current prices Missing value\n"
    "2021,404,Kenya,1,Inward,463.5,,\n"
    "2021,704,Viet Nam,1,Inward,15660,,\n"
    "2021,0000,World,1,Inward,1000000,,\n"
)
WGI = (
    "codeindyr,code,countryname,year,indicator,estimate,stddev,nsource,pctrank\n"
    "KENcc2022,KEN,Kenya,2022,cc,-.8,.15,10,25\n"
    "KENrl2022,KEN,Kenya,2022,rl,-.5,.15,10,35\n"
    "VNMcc2022,VNM,Viet Nam,2022,cc,..,..,..,..\n"
)


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in files.items():
            written.writestr(name, content)
    return file.getvalue()


WORLD_BANK_ZIP = archive(
    {
        "Metadata_Indicator_API_X.IND_DS2_en_csv_v2_1.csv": SERIES,
        "API_X.IND_DS2_en_csv_v2_1.csv": "\ufeff" + WORLD_BANK,
        "Metadata_Country_API_X.IND_DS2_en_csv_v2_1.csv": COUNTRIES,
    }
)


def workbook(sheets: Mapping[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> bytes:
    """Return an Excel workbook."""
    openpyxl: Any = import_module("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if name in hidden:
            sheet.sheet_state = "hidden"
    book.active = next(n for n, name in enumerate(sheets) if name not in hidden)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def changed(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return an archive with each of its files changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return archive({name: change(name, old.read(name)) for name in old.namelist()})


def spreadsheet(rows: list[list[object]], name: str = "figures", hidden: str = "") -> bytes:
    """Return an OpenDocument spreadsheet, with a hidden sheet before if it is named."""

    def cell(value: object) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, (int, float)):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        text = f"<text:p>{value}</text:p>"
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'

    def table(name: str, rows: list[list[object]], style: str = "") -> str:
        lines = ("".join(map(cell, row)) for row in rows)
        inner = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
        return f'<table:table table:name="{name}"{style}>{inner}</table:table>'

    before = table(hidden, [["iso3", "gdp"], ["KEN", 99]], ' table:style-name="gone"')
    schemas = "urn:oasis:names:tc:opendocument:xmlns:"
    spaces = " ".join(
        f'xmlns:{short}="{schemas}{long}:1.0"'
        for short, long in (
            ("office", "office"),
            ("table", "table"),
            ("text", "text"),
            ("style", "style"),
        )
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} '
        'office:version="1.2"><office:automatic-styles><style:style style:name="gone" '
        'style:family="table"><style:table-properties table:display="false"/></style:style>'
        "</office:automatic-styles><office:body><office:spreadsheet>"
        f"{before if hidden else ''}{table(name, rows)}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        f'xmlns:manifest="{schemas}manifest:1.0"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return archive({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def old_workbook(
    rows: list[list[object]], merged: Sequence[tuple[int, int, int, int]] = ()
) -> bytes:
    """Return a workbook as Excel 97 to 2003 wrote it: BIFF8 records in a compound file.

    After [MS-XLS] and [MS-CFB]; text cells as LABEL records, numbers as NUMBER records, ranges of
    merged cells (first and last row, first and last column, from 0) as a MergeCells record.
    """

    def record(kind: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    start = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    name = b"\x07\x00figures"
    cells = b""
    for n, row in enumerate(rows):
        for column, value in enumerate(row):
            head = struct.pack("<HHH", n, column, 0)
            if isinstance(value, (int, float)):
                cells += record(0x0203, head + struct.pack("<d", value))
            elif value is not None:
                text = str(value).encode("latin-1")
                cells += record(0x0204, head + struct.pack("<HB", len(text), 0) + text)
    ranges = b"".join(struct.pack("<HHHH", *each) for each in merged)
    cells += record(0x00E5, struct.pack("<H", len(merged)) + ranges) if merged else b""
    sheet = record(0x0809, start[:2] + b"\x10\x00" + start[4:]) + cells + record(0x0A)
    before = record(0x0809, start)
    offset = len(before) + 4 + 6 + len(name) + 4
    place = record(0x85, struct.pack("<IBB", offset, 0, 0) + name)
    stream = before + place + record(0x0A) + sheet
    return compound(stream.ljust(4096, b"\0"))


def compound(stream: bytes) -> bytes:
    """Return a compound file that holds one stream, "Workbook"."""
    sectors = -(-len(stream) // 512)
    stream = stream.ljust(sectors * 512, b"\0")
    end, free, fat_mark, none = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
    chain = [fat_mark, end, *range(3, 2 + sectors), end]
    fat = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = (name + "\0").encode("utf-16-le") if name else b""
        head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
        links = struct.pack("<III", none, none, child)
        return head + links + bytes(36) + struct.pack("<IQ", first, size)

    directory = (
        entry("Root Entry", 5, 1, end, 0)
        + entry("Workbook", 2, none, 2, len(stream))
        + 2 * entry("", 0, none, 0, 0)
    )
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    return header + fat + directory + stream


WEO_HEAD = ["COUNTRY.ID", "COUNTRY", "INDICATOR.ID", "FREQUENCY.ID", "SCALE.ID", "SCALE"]
WEO_BOOK = workbook(
    {
        "Countries": [
            [*WEO_HEAD, 2021, 2022],
            ["DEU", "Germany", "NGDPD", "A", 9, "Billions", 4.25, 4.5],
            ["XKX", "Kosovo, Republic of", "NGDPD", "A", 9, "Billions", None, 0.125],
        ],
        "Country Groups": [
            [*WEO_HEAD, 2021, 2022],
            ["G001", "World", "NGDPD", "A", 9, "Billions", 90, 99],
        ],
    }
)


def put(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# As Eurostat's data browser writes a sheet with labels, and flags beside the values.
EUROSTAT_BOOK: list[list[Any]] = [
    ["Data extracted on 12/06/2024 10:11:12 from [ESTAT]"],
    ["Dataset: ", "Real GDP growth rate - volume [tec00115__custom_1]"],
    ["Last updated: ", "11/06/2024 23:00"],
    [],
    ["Time frequency", None, "Annual"],
    ["Unit of measure", None, "Chain linked volumes"],
    [],
    ["TIME", "2021", None, "2022", None],
    ["GEO (Labels)", None, None, None, None],
    ["European Union - 27 countries (from 2020)", 6.0, None, 3.4, None],
    ["Belgium", 6.9, None, 3.0, "p"],
    ["Germany (until 1990 former territory of the FRG)", 3.2, "b", 1.8, "p"],
    ["Kosovo*", 10.7, None, ":", None],
    [],
    ["Special value"],
    [":", "not available"],
    ["Observation flags:"],
    ["p", "provisional"],
]
# As the sheets of wgidataset.xlsx are: years above six columns each, titles above both.
WGI_BOOK: list[list[Any]] = [
    ["Control of Corruption"],
    [],
    [None, None, 2021, 2021, 2021, 2022, 2022, 2022],
    [*("Country/Territory", "Code"), *("Estimate", "StdErr", "Rank") * 2],
    ["Chile", "CHL", 1.0, 0.1, 83.0, 0.9, 0.1, 82.0],
    ["Congo, Dem. Rep.", "COD", -1.6, 0.1, 2.0, "#N/A", "#N/A", "#N/A"],
]


def book(sheets: Mapping[str, Sequence[Sequence[Any]]]) -> bytes:
    """Return a workbook with sheets of rows."""
    made = import_module("openpyxl").Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()

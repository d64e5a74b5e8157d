"""A sixth round: joint plans of several provinces, counties' lists, labels parted by blanks, papers that only explain."""

from tests.tasks.unseen.paper import Expected as Wanted
from tests.tasks.unseen.paper import Paper

SIXTH = (
    Paper(
        "示范区安排.txt",
        """
一体化示范区2025年信用合作重点安排
一、加强制度协同
1.共编跨域信用目录，互认查询结果。（示范区执委会，苏浙沪两省一市信用办）
2.联合整治界河水质。（两省一市生态环境、水利（水务）部门，两区一县政府）
3.推进异地执法协作。（责任单位：三省一市公安、交通运输、文化和旅游部门；完成时限：2025年三季度末）
4.统一评价口径（三省一市发展改革委、市场监管局）
二、强化保障
各方要加强协同，形成合力。
""",
        (
            Wanted("共编跨域", responsible="示范区执委会 苏浙沪两省一市信用办"),
            Wanted("联合整治", responsible="两省一市生态环境部门 两省一市水利（水务）部门 两区一县政府"),
            Wanted("推进异地", responsible="三省一市公安部门 三省一市交通运输部门 三省一市文化和旅游部门", end="2025-09-30"),
            Wanted("统一评价", responsible="三省一市发展改革委 三省一市市场监管局"),
        ),
    ),
    Paper(
        "县级清单.txt",
        """
2025年全县诚信创建工作任务
一、任务安排
1.归集缴费信息（县发改委、自来水公司、燃气公司）
2.建立村级信用台账（县农业农村局、各村（社区））
3.规范调解卷宗（县司法局、各派出所、各司法所）
4.开展窗口承诺（各镇（区、街道））
5.核查园区合同（县商务局、高新区、各相关责任单位）
6.落实联络员制度（县委办、县政府办、县公证处、县直各部门）
7.宣讲征信知识（县发改委、驻县单位、各农商行）
8.清退保证金（原县工商局、县征管所）
二、有关要求
各单位要抓好落实。
""",
        (
            Wanted("归集缴费", responsible="县发改委 自来水公司 燃气公司"),
            Wanted("建立村级", responsible="县农业农村局 各村（社区）"),
            Wanted("规范调解", responsible="县司法局 各派出所 各司法所"),
            Wanted("开展窗口", responsible="各镇（区、街道）"),
            Wanted("核查园区", responsible="县商务局 高新区 各相关责任单位"),
            Wanted("落实联络", responsible="县委办 县政府办 县公证处 县直各部门"),
            Wanted("宣讲征信", responsible="县发改委 驻县单位 各农商行"),
        ),
        region="341122",
    ),
)
